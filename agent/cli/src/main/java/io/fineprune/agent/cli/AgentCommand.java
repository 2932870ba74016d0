package io.fineprune.agent.cli;

import io.fineprune.agent.config.Configuration;
import io.fineprune.agent.config.ConfigurationException;
import io.fineprune.agent.config.Settings;
import io.fineprune.agent.metrics.MonitoringServer;
import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.page.FleetSite;
import io.fineprune.agent.query.CommandApi;
import io.fineprune.agent.runtime.AgentSettings;
import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.agent.runtime.FleetTopics;
import io.fineprune.agent.runtime.StateLock;
import io.fineprune.agent.source.SourceModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.layerwise.TensorFlowLayerwiseModel;
import io.fineprune.schemas.signature.RecordSigner;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.topology.labelling.Vocabulary;
import io.fineprune.topology.stream.Trust;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the agent: the Kafka Streams application that evaluates events, keeps sums and publishes masks.",
            "Several agents with one application.id share the work. SIGTERM stops it within ten seconds; started again it "
                    + "goes on where it was."
        })
final class AgentCommand implements Callable<Integer> {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(10);

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--model", paramLabel = "DIR", description = "The source model's directory (model.directory).")
    private @Nullable Path model;

    @Option(names = "--state", paramLabel = "DIR", description = "Where the state stores live (state.directory).")
    private @Nullable Path state;

    @Option(names = "--http-port", paramLabel = "PORT", description = "Of /metrics and /health (http.port).")
    private @Nullable Integer httpPort;

    @Override
    public Integer call() throws Exception {
        Configuration configuration = cluster.load(flags());
        if (configuration.find(Settings.MODEL_DIRECTORY).isEmpty()) {
            throw new ConfigurationException(List.of("expected %s (--model, %s), but found none"
                    .formatted(Settings.MODEL_DIRECTORY.expected(), Settings.MODEL_DIRECTORY.environmentVariable())));
        }
        Path directory = Path.of(configuration.get(Settings.MODEL_DIRECTORY));
        Optional<SourceMoments> moments = SourceMoments.read(directory);
        if (configuration.get(Settings.INPUT_NORMALISATION)
                && moments.filter(measured -> measured.input() != null).isEmpty()) {
            throw new ConfigurationException(List.of(
                    "expected moments of the input's bands beside the model, as %s needs them, but %s has none; write them with \"fineprune calibrate\""
                            .formatted(Settings.INPUT_NORMALISATION.key(), directory.resolve(SourceMoments.FILE))));
        }
        ModelDescriptor descriptor = ModelDirectory.open(directory).descriptor();
        Optional<String> unknown = Vocabulary.problem(descriptor.labels(), configuration.get(Settings.CLASSES));
        if (unknown.isPresent()) {
            throw new ConfigurationException(List.of("%s: %s".formatted(Settings.CLASSES.key(), unknown.get())));
        }
        if (moments.filter(measured -> measured.byClass() != null).isEmpty()) {
            LoggerFactory.getLogger(AgentCommand.class)
                    .info(
                            "{} has no moments for each class by itself, so users who meet few of the classes gain less; write them with"
                                    + " \"fineprune calibrate\" and labelled recordings of the source data",
                            directory);
        }
        Optional<String> token = AgentSettings.commandsToken(configuration);
        Trust trust = AgentSettings.trust(configuration);
        RecordSigner commands = AgentSettings.commandSigner(configuration);
        StateLock lock = StateLock.take(Path.of(configuration.get(Settings.STATE_DIRECTORY)));
        Topics topics = Topics.standard();
        int partitions;
        try (FleetTopics check = new FleetTopics(topics, configuration.kafka())) {
            partitions = check.check();
        }
        TensorFlowModel source = SourceModels.open(
                directory, configuration.get(Settings.BATCH_EVENTS).intValue());
        TensorFlowLayerwiseModel layerwise = source.layerwise(moments);
        FleetAgent agent = FleetAgent.start(
                AgentSettings.topology(configuration, topics, partitions, descriptor.classes()),
                trust,
                AgentSettings.streams(configuration),
                Map.of(source.architecture().modelId(), source),
                Map.of(source.architecture().modelId(), layerwise),
                Clock.systemUTC());
        MonitoringServer server = MonitoringServer.start(
                configuration.get(Settings.HTTP_HOST),
                configuration.get(Settings.HTTP_PORT).intValue(),
                agent.metrics()::scrape,
                agent.health(),
                new FleetSite(
                        agent.queries(),
                        new CommandApi(
                                mayCommand(trust, commands) ? token : Optional.empty(),
                                new FleetControl(topics, configuration.kafka(), commands)::postPromptly,
                                Clock.systemUTC())));
        Thread stop = new Thread(
                () -> {
                    server.close();
                    agent.close();
                    layerwise.close();
                    source.close();
                    lock.close();
                },
                "agent-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        announce(trust, token.isPresent() && !mayCommand(trust, commands));
        announce(agent, source.architecture().modelId(), partitions, server.port());
        agent.awaitEnd();
        return agent.failed() ? ExitCode.FAILURE : ExitCode.OK;
    }

    /**
     * Tells whether commands over HTTP would be accepted: either no signature is required, or this agent has a signing
     * key.
     */
    private static boolean mayCommand(Trust trust, RecordSigner commands) {
        return trust.commands().isEmpty() || commands != RecordSigner.NONE;
    }

    private static void announce(Trust trust, boolean httpOff) {
        System.err.println(
                trust.masks() == RecordSigner.NONE
                        ? "Masks are not signed (" + Settings.MASKS_SIGNING_KEY_FILE.key() + ")"
                        : "Masks are signed with " + trust.masks());
        System.err.println(trust.commands()
                .map(trusted -> "Commands count if one of the keys %s signed them"
                        .formatted(trusted.keys().ids()))
                .orElse("Commands count whoever sent them (" + Settings.COMMANDS_TRUSTED_KEYS_FILE.key() + ")"));
        if (httpOff) {
            System.err.printf(
                    "Commands over HTTP are off: they have to be signed, and there is no %s%n",
                    Settings.COMMANDS_SIGNING_KEY_FILE.key());
        }
    }

    private static void announce(FleetAgent agent, String modelId, int partitions, int port)
            throws InterruptedException {
        System.err.printf("Agent starts: model %s, %d partitions, http://localhost:%d/%n", modelId, partitions, port);
        if (agent.awaitRunning(START_TIMEOUT)) {
            System.err.println("Agent runs");
        }
    }

    private Map<String, String> flags() {
        Map<String, String> flags = new HashMap<>();
        if (model != null) {
            flags.put(Settings.MODEL_DIRECTORY.key(), model.toString());
        }
        if (state != null) {
            flags.put(Settings.STATE_DIRECTORY.key(), state.toString());
        }
        if (httpPort != null) {
            flags.put(Settings.HTTP_PORT.key(), httpPort.toString());
        }
        return flags;
    }
}
