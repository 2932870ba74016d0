package io.fineprune.agent.runtime;

import io.fineprune.agent.config.Configuration;
import io.fineprune.agent.config.ConfigurationException;
import io.fineprune.agent.config.Method;
import io.fineprune.agent.config.Setting;
import io.fineprune.agent.config.Settings;
import io.fineprune.agent.keys.KeyFiles;
import io.fineprune.schemas.signature.RecordSigner;
import io.fineprune.schemas.signature.TrustedKeys;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.GateSettings;
import io.fineprune.topology.lifecycle.PersonalizationPlan;
import io.fineprune.topology.lifecycle.UpkeepSettings;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.stream.Routing;
import io.fineprune.topology.stream.StreamsSettings;
import io.fineprune.topology.stream.TopologySettings;
import io.fineprune.topology.stream.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.StreamsConfig;

/** Translates a configuration into the settings of the topology and of Kafka Streams. */
public final class AgentSettings {
    private static final int MAX_TOKEN_FILE_BYTES = 1024;

    private AgentSettings() {}

    /**
     * The topology's settings.
     *
     * @param partitions of sensor-events
     * @param classes that users can meet by the model's description; none: all. The configuration's own go before them
     */
    public static TopologySettings topology(
            Configuration configuration, Topics topics, int partitions, List<String> classes) {
        PruningPlan plan = new PruningPlan(
                configuration.get(Settings.CRITERION),
                configuration.get(Settings.GRANULARITY),
                configuration.get(Settings.SCOPE),
                configuration.get(Settings.SPARSITY),
                configuration.get(Settings.SEED),
                configuration.get(Settings.TARGET_MACS),
                limits(configuration));
        Budget budget = new Budget(
                configuration.get(Settings.BUDGET_EVENTS),
                configuration.get(Settings.BUDGET_MILLIS),
                configuration.get(Settings.ROUNDS).intValue(),
                configuration.get(Settings.ROUNDS) > 1,
                configuration.get(Settings.WARMUP_EVENTS));
        return new TopologySettings(
                topics,
                partitions,
                Routing.DIRECT,
                configuration.get(Settings.BATCH_EVENTS).intValue(),
                configuration.get(Settings.BATCH_MAX_DELAY),
                new EffectiveSettings(personalization(configuration, plan, classes), budget),
                configuration.get(Settings.RESERVOIR_EVENTS).intValue(),
                TopologySettings.DEFAULT_SWEEP_USERS,
                configuration.get(Settings.SAMPLING_FINISHED),
                upkeep(configuration));
    }

    private static UpkeepSettings upkeep(Configuration configuration) {
        return new UpkeepSettings(
                configuration.get(Settings.ROLLBACK_VERSIONS).intValue(),
                configuration.get(Settings.QUARANTINE_FAILURES).intValue(),
                configuration.get(Settings.DRIFT_THRESHOLD),
                configuration.get(Settings.DRIFT_EVENTS).intValue(),
                configuration.get(Settings.DRIFT_MIN_INTERVAL),
                configuration.get(Settings.USERS_EXPIRE_AFTER),
                configuration.get(Settings.MASKS_MESSAGE_BYTES).intValue(),
                configuration.get(Settings.LATER_CLASSES_EVENTS).intValue());
    }

    /** Limits of layers; those that are protected have the limit 0. */
    private static Map<String, Double> limits(Configuration configuration) {
        Map<String, Double> limits = new HashMap<>(configuration.get(Settings.LAYER_LIMITS));
        configuration.get(Settings.PROTECTED_LAYERS).forEach(layer -> limits.put(layer, 0.0));
        return limits;
    }

    private static PersonalizationPlan personalization(
            Configuration configuration, PruningPlan plan, List<String> classes) {
        RepairSettings repairs = new RepairSettings(
                true,
                configuration.get(Settings.SCALING),
                configuration.get(Settings.RIDGE),
                configuration.get(Settings.SWEEP_EVENTS).intValue(),
                configuration.get(Settings.HEAD),
                configuration.get(Settings.BIAS_COMPENSATION),
                configuration.get(Settings.INPUT_NORMALISATION),
                configuration.get(Settings.PRIOR),
                configuration.get(Settings.CLASSES).isEmpty() ? classes : configuration.get(Settings.CLASSES),
                configuration.get(Settings.OPEN),
                plan.seed());
        GateSettings gate = new GateSettings(
                configuration.get(Settings.GATE_CONFIDENCE), configuration.get(Settings.GATE_DISAGREEMENT));
        Method method = configuration.get(Settings.METHOD);
        return new PersonalizationPlan(
                plan, configuration.get(Settings.KIND), method.repairs(), method.gates(), gate, repairs);
    }

    /** Returns the settings of Kafka Streams. */
    public static StreamsSettings streams(Configuration configuration) {
        Map<String, String> overrides = new HashMap<>();
        overrides.put(
                StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, Long.toString(configuration.get(Settings.STANDBY_REPLICAS)));
        Map.Entry<String, String> memory = StreamsSettings.storeMemory(configuration.get(Settings.STATE_MEMORY));
        overrides.put(memory.getKey(), memory.getValue());
        long replication = configuration.get(Settings.TOPIC_REPLICATION);
        if (replication > 0) {
            overrides.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, Long.toString(replication));
        }
        advertised(configuration).ifPresent(address -> overrides.put(StreamsConfig.APPLICATION_SERVER_CONFIG, address));
        overrides.putAll(configuration.kafka());
        return new StreamsSettings(
                configuration.get(Settings.APPLICATION_ID),
                configuration.kafka().getOrDefault(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, ""),
                Path.of(configuration.get(Settings.STATE_DIRECTORY)),
                configuration.get(Settings.THREADS).intValue(),
                overrides);
    }

    /**
     * The token that commands over HTTP must show; empty where they are off.
     *
     * @throws ConfigurationException if the file cannot be read or holds no token
     */
    public static Optional<String> commandsToken(Configuration configuration) throws ConfigurationException {
        Optional<String> file = configuration.find(Settings.HTTP_COMMANDS_TOKEN_FILE);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            Path path = Path.of(file.get());
            if (Files.size(path) <= MAX_TOKEN_FILE_BYTES) {
                String token = Files.readString(path).strip();
                if (token.length() >= 16
                        && token.length() <= 256
                        && token.chars().allMatch(c -> c > ' ' && c < 127)) {
                    return Optional.of(token);
                }
            }
        } catch (IOException | InvalidPathException e) {
            throw new ConfigurationException(List.of("expected %s to be %s, but %s cannot be read (%s)"
                    .formatted(
                            Settings.HTTP_COMMANDS_TOKEN_FILE.key(),
                            Settings.HTTP_COMMANDS_TOKEN_FILE.expected(),
                            file.get(),
                            e.getClass().getSimpleName())));
        }
        throw new ConfigurationException(List.of("expected %s to be %s without spaces, but what %s holds is none"
                .formatted(
                        Settings.HTTP_COMMANDS_TOKEN_FILE.key(),
                        Settings.HTTP_COMMANDS_TOKEN_FILE.expected(),
                        file.get())));
    }

    /**
     * What is signed and who is trusted.
     *
     * @throws ConfigurationException naming every file that cannot be used
     */
    public static Trust trust(Configuration configuration) throws ConfigurationException {
        List<String> problems = new ArrayList<>();
        RecordSigner masks = signer(configuration, Settings.MASKS_SIGNING_KEY_FILE, problems);
        Optional<TrustedKeys> keys = Optional.empty();
        Optional<String> file = configuration.find(Settings.COMMANDS_TRUSTED_KEYS_FILE);
        if (file.isPresent()) {
            try {
                keys = Optional.of(KeyFiles.trusted(Settings.COMMANDS_TRUSTED_KEYS_FILE.key(), file.get()));
            } catch (ConfigurationException e) {
                problems.addAll(e.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        long lifetime = configuration.get(Settings.MASKS_EXPIRE_AFTER);
        Duration maxAge = Duration.ofMillis(configuration.get(Settings.COMMANDS_MAX_AGE));
        return new Trust(
                masks,
                lifetime > 0 ? Optional.of(Duration.ofMillis(lifetime)) : Optional.empty(),
                keys.map(trusted -> new Trust.CommandTrust(trusted, maxAge)));
    }

    /**
     * Signs commands that come over HTTP.
     *
     * @throws ConfigurationException if the key cannot be used
     */
    public static RecordSigner commandSigner(Configuration configuration) throws ConfigurationException {
        List<String> problems = new ArrayList<>();
        RecordSigner signer = signer(configuration, Settings.COMMANDS_SIGNING_KEY_FILE, problems);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return signer;
    }

    private static RecordSigner signer(Configuration configuration, Setting<String> setting, List<String> problems) {
        Optional<String> file = configuration.find(setting);
        if (file.isPresent()) {
            try {
                return KeyFiles.signer(setting.key(), file.get());
            } catch (ConfigurationException e) {
                problems.addAll(e.problems());
            }
        }
        return RecordSigner.NONE;
    }

    /** Where other agents reach this one; empty where the port is any free one and nothing was said. */
    private static Optional<String> advertised(Configuration configuration) {
        Optional<String> given = configuration.find(Settings.HTTP_ADVERTISED);
        long port = configuration.get(Settings.HTTP_PORT);
        if (given.isPresent() || port == 0) {
            return given;
        }
        String host = configuration.get(Settings.HTTP_HOST);
        try {
            return Optional.of(
                    Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress)
                            ? host + ":" + port
                            : InetAddress.getLocalHost().getHostName() + ":" + port);
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
