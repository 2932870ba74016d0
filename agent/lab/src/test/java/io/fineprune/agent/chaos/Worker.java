package io.fineprune.agent.chaos;

import io.fineprune.schemas.topic.Topics;
import io.fineprune.topology.activation.SourceModel;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.stream.PruningTopology;
import io.fineprune.topology.stream.Routing;
import io.fineprune.topology.stream.StreamListener;
import io.fineprune.topology.stream.StreamsSettings;
import io.fineprune.topology.stream.TopologySettings;
import io.fineprune.topology.testing.TinyNet;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/**
 * The streams application over a small net in a JVM of its own, so that it can be killed. A thread that fails is replaced, as
 * the agent does; where that does not help the process ends with 1, and whoever watches it starts it again.
 */
final class Worker {
    static final String MODEL = "tiny";
    static final int INPUTS = 64;
    static final int PARTITIONS = 3;
    static final int BUDGET = 100;

    private static final long PRUNING_NANOS = 150_000_000;
    private static final int MAX_REPLACEMENTS = 10;

    private Worker() {}

    static TinyNet net() {
        return new TinyNet(MODEL, 3, 16, INPUTS, 48, 24, 4);
    }

    /**
     * What a worker is started with.
     *
     * @param name of the application, and prefix of its topics
     * @param state its own directory
     * @param jumps whether its clock jumps back and forth by up to an hour
     */
    record Settings(String bootstrapServers, String name, Path state, Routing routing, boolean jumps) {
        Topics topics() {
            return Topics.withPrefix(name + ".");
        }

        private List<String> arguments() {
            return List.of(bootstrapServers, name, state.toString(), routing.name(), Boolean.toString(jumps));
        }

        private static Settings of(String[] arguments) {
            return new Settings(
                    arguments[0],
                    arguments[1],
                    Path.of(arguments[2]),
                    Routing.valueOf(arguments[3]),
                    Boolean.parseBoolean(arguments[4]));
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        Settings own = Settings.of(arguments);
        TopologySettings settings = new TopologySettings(
                own.topics(),
                PARTITIONS,
                own.routing(),
                16,
                50,
                new EffectiveSettings(PruningPlan.DEFAULT, new Budget(BUDGET, 0, 1_000)),
                TopologySettings.DEFAULT_RESERVOIR_EVENTS,
                4);
        StreamsSettings streamsSettings = new StreamsSettings(
                own.name(), own.bootstrapServers(), own.state(), 2, Map.of("commit.interval.ms", "100"));
        PruningTopology topology = new PruningTopology(
                settings,
                Map.<String, SourceModel>of(MODEL, net()),
                Map.of(),
                StreamListener.NONE,
                own.jumps() ? new JumpingClock(own.name().hashCode()) : Clock.systemUTC(),
                slowly());
        KafkaStreams streams = new KafkaStreams(topology.get(), streamsSettings.properties(own.topics()));
        CountDownLatch stopped = new CountDownLatch(1);
        AtomicInteger failures = new AtomicInteger();
        streams.setUncaughtExceptionHandler(failure -> {
            if (failures.incrementAndGet() > MAX_REPLACEMENTS) {
                Runtime.getRuntime().halt(1);
            }
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        streams.setStateListener((next, previous) -> {
            if (next == KafkaStreams.State.ERROR) {
                Runtime.getRuntime().halt(1);
            }
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            streams.close(Duration.ofSeconds(10));
            stopped.countDown();
        }));
        try {
            streams.start();
        } catch (RuntimeException e) { // a state directory that cannot be written, say
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
        stopped.await();
    }

    /** One at a time, each longer than a commit interval, so that kills find prunings that are due and prunings that run. */
    private static Executor slowly() {
        ExecutorService worker = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "pruning");
            thread.setDaemon(true);
            return thread;
        });
        return work -> worker.execute(() -> {
            LockSupport.parkNanos(PRUNING_NANOS);
            work.run();
        });
    }

    /** A child JVM with the class path of this one; what it logs is appended to a file. */
    static Process start(Settings settings, File log) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.add(Worker.class.getName());
        command.addAll(settings.arguments());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    /** Shows each time another offset of up to an hour in either direction. */
    private static final class JumpingClock extends Clock {
        private final Random random;

        JumpingClock(long seed) {
            this.random = new Random(seed);
        }

        @Override
        public synchronized Instant instant() {
            return Instant.now().plusMillis(random.nextInt(7_200_000) - 3_600_000);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
