package io.fineprune.agent.cli;

import io.fineprune.agent.config.Configuration;
import io.fineprune.agent.config.ConfigurationException;
import io.fineprune.agent.config.Settings;
import io.fineprune.agent.device.Device;
import io.fineprune.agent.device.DeviceMemory;
import io.fineprune.agent.device.KafkaDeviceTransport;
import io.fineprune.agent.device.Pacer;
import io.fineprune.agent.keys.WatchedKeys;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.agent.source.Payloads;
import io.fineprune.agent.source.SourceModels;
import io.fineprune.agent.tensorflow.TensorFlowDeviceModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.schemas.signature.TrustedKeys;
import io.fineprune.schemas.topic.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "device",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the reference device of one user: streams recordings as unlabeled events, runs inference on each, follows "
                    + "the user's masks, swaps its model and acknowledges.",
            "After the recordings it goes on following masks until SIGTERM, or for --linger seconds."
        })
final class DeviceCommand implements Callable<Integer> {
    private static final Duration DEADLINE = Duration.ofMillis(500);

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--model", paramLabel = "DIR", description = "The source model's directory (model.directory).")
    private @Nullable Path model;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "PATH",
            description = "Recordings, as for 'fineprune train'.")
    private Path data = Path.of("");

    @Option(names = "--user", required = true, paramLabel = "ID", description = "The device's user.")
    private String user = "";

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "Whose recordings it streams (default: those of --user).")
    private @Nullable String voice;

    @Option(names = "--device", paramLabel = "ID", description = "The device's name (default: the user's with -1).")
    private @Nullable String device;

    @Option(
            names = "--rate",
            defaultValue = "10",
            description = "Events per second; 0: as fast as can be (default: 10).")
    private double rate;

    @Option(
            names = "--events",
            paramLabel = "N",
            description = "Events to stream, from the first again if need be " + "(default: each recording once).")
    private @Nullable Long events;

    @Option(
            names = "--order",
            paramLabel = "NAME",
            defaultValue = "shuffled",
            description = "shuffled, recorded (as listed) or sorted (one class after the other) (default: shuffled).")
    private PlayingOrder order = PlayingOrder.SHUFFLED;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of the shuffled order (default: 1).")
    private long seed;

    @Option(
            names = "--linger",
            paramLabel = "SECONDS",
            description = "Follow masks so long after the last event " + "(default: until SIGTERM).")
    private @Nullable Long lingerSeconds;

    @Option(
            names = "--trusted-keys",
            paramLabel = "FILE",
            description =
                    "PEM file with public keys; masks that none of them signed are refused. May be repeated; read again "
                            + "when it changes (default: nothing has to be signed).")
    private List<Path> trustedKeys = List.of();

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Keeps the mask that runs and the highest version seen, for the next start "
                    + "(default: begin with the source model).")
    private @Nullable Path state;

    @Option(names = "--labels", description = "Also send the true classes, for measuring.")
    private boolean labels;

    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);

    @Override
    public Integer call() throws Exception {
        Configuration configuration =
                cluster.load(model == null ? Map.of() : Map.of(Settings.MODEL_DIRECTORY.key(), model.toString()));
        if (configuration.find(Settings.MODEL_DIRECTORY).isEmpty()) {
            throw new ConfigurationException(List.of("expected %s (--model, %s), but found none"
                    .formatted(Settings.MODEL_DIRECTORY.expected(), Settings.MODEL_DIRECTORY.environmentVariable())));
        }
        Optional<Supplier<TrustedKeys>> trusted =
                trustedKeys.isEmpty() ? Optional.empty() : Optional.of(new WatchedKeys("--trusted-keys", trustedKeys));
        DeviceMemory memory = state == null ? DeviceMemory.none() : DeviceMemory.in(state);
        List<Recording> own = recordings();
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndWait, "device-stop"));
        try (TensorFlowModel source = SourceModels.open(
                        Path.of(configuration.get(Settings.MODEL_DIRECTORY)), TensorFlowModel.DEFAULT_BATCH_SIZE, own);
                Device running = new Device(
                        user,
                        device == null ? user + "-1" : device,
                        new TensorFlowDeviceModels(source),
                        new KafkaDeviceTransport(Topics.standard(), configuration.kafka()),
                        trusted,
                        memory,
                        Clock.systemUTC(),
                        DEADLINE)) {
            long sent = stream(running, own);
            linger();
            System.out.printf(
                    "%s: %d events sent, mask version %d%s, %d inferences missed, longest gap %d us%n",
                    user,
                    sent,
                    running.swapper().version(),
                    running.swapper().compacted() ? " (compacted)" : "",
                    running.swapper().missedInferences(),
                    running.swapper().longestGapMicros());
            System.out.flush();
        } finally {
            stopped.countDown();
        }
        return ExitCode.OK;
    }

    private List<Recording> recordings() throws Exception {
        String whose = voice == null ? user : voice;
        Map<String, List<Recording>> byUser = Recordings.byUser(Recordings.load(data));
        List<Recording> own = byUser.get(whose);
        if (own == null) {
            throw new CommandFailedException(
                    ExitCode.USAGE, "Expected one of the users %s, but was %s".formatted(byUser.keySet(), whose));
        }
        return order.of(own, seed);
    }

    private long stream(Device running, List<Recording> own) throws Exception {
        long wanted = events == null ? own.size() : events;
        long sent = 0;
        try (Progress progress = Progress.standard()) {
            Pacer pacer = new Pacer(rate);
            while (sent < wanted && stop.getCount() > 0) {
                pacer.await();
                Recording recording = own.get((int) (sent % own.size()));
                Device.Capture capture = running.capture(Payloads.of(recording));
                if (labels) {
                    running.label(capture, recording.label());
                }
                sent++;
                progress.show(
                        "Events of %s, mask version %d"
                                .formatted(user, running.swapper().version()),
                        sent,
                        wanted);
            }
            running.flush();
        }
        System.err.printf("%s: sent %d events%n", user, sent);
        return sent;
    }

    private void linger() throws InterruptedException {
        boolean early = lingerSeconds == null ? awaitStop() : stop.await(lingerSeconds, TimeUnit.SECONDS);
        if (early) {
            System.err.printf("%s: stops%n", user);
        }
    }

    private boolean awaitStop() throws InterruptedException {
        stop.await();
        return true;
    }

    private void stopAndWait() {
        stop.countDown();
        try {
            if (!stopped.await(8, TimeUnit.SECONDS)) {
                System.err.printf("%s: did not stop in time%n", user);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
