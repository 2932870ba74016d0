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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.streams.KafkaStreams;

/** The streams application over a small net in a JVM of its own, so that it can be killed. */
final class Worker {
    static final String APPLICATION = "chaos";
    static final String MODEL = "tiny";
    static final int INPUTS = 64;
    static final int PARTITIONS = 3;
    static final int BUDGET = 100;
    private static final long PRUNING_NANOS = 300_000_000;

    private Worker() {}

    static TinyNet net() {
        return new TinyNet(MODEL, 3, 16, INPUTS, 48, 24, 4);
    }

    /** Arguments: bootstrap servers, state directory, routing. */
    public static void main(String[] arguments) throws InterruptedException {
        Topics topics = Topics.standard();
        TopologySettings settings = new TopologySettings(
                topics,
                PARTITIONS,
                Routing.valueOf(arguments[2]),
                16,
                50,
                new EffectiveSettings(PruningPlan.DEFAULT, new Budget(BUDGET, 0, 1_000)),
                TopologySettings.DEFAULT_RESERVOIR_EVENTS,
                4);
        StreamsSettings streamsSettings = new StreamsSettings(
                APPLICATION, arguments[0], Path.of(arguments[1]), 2, Map.of("commit.interval.ms", "100"));
        PruningTopology topology = new PruningTopology(
                settings,
                Map.<String, SourceModel>of(MODEL, net()),
                Map.of(),
                StreamListener.NONE,
                Clock.systemUTC(),
                slowly());
        KafkaStreams streams = new KafkaStreams(topology.get(), streamsSettings.properties(topics));
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            streams.close(Duration.ofSeconds(10));
            stopped.countDown();
        }));
        streams.start();
        stopped.await();
    }

    /** One at a time, each longer than a few commits, so that kills find prunings that are due and prunings that run. */
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

    /** A child JVM with the class path of this one; what it logs goes to worker.log. */
    static Process start(String bootstrapServers, Path directory, Routing routing) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.add(Worker.class.getName());
        command.addAll(List.of(bootstrapServers, directory.resolve("state").toString(), routing.name()));
        File log = directory.resolve("worker.log").toFile();
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }
}
