package io.fineprune.agent.chaos;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fineprune.topology.stream.Routing;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever breaks, counts stay exact: every event in the sums once, sums as computed directly, one mask per version, no gap in
 * what a device applies. Against three brokers, in containers where a Docker engine has the image, otherwise in processes. Short
 * by default; {@code -Dchaos=full} injects more of each fault, and further ones; {@code -Dchaos.seed} repeats a run;
 * {@code -Dchaos.brokers=processes} or {@code containers} says where the brokers run.
 */
class ChaosTest {
    private static final boolean FULL = "full".equals(System.getProperty("chaos"));
    private static final long SEED = Long.getLong("chaos.seed", 20_260_101);
    private static final int PER_SECOND = 200;
    private static final int DISK_MEGABYTES = 48;
    private static final List<Result> RESULTS = new ArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static Cluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start(directory);
        System.out.printf("Chaos against %s, seed %d%n", cluster.description(), SEED);
    }

    @AfterAll
    static void stop() {
        cluster.close();
        System.out.println(Result.HEAD);
        RESULTS.forEach(result -> System.out.println(result.row()));
    }

    @Test
    void shouldCountExactlyWhenTheWorkerIsKilled() throws Exception {
        Random random = new Random(SEED);
        try (Trial trial = trial("kill", Load.Kind.PLAIN)) {
            trial.start(1);
            trial.awaitFirst();
            for (int i = 0; i < times(3, 30); i++) {
                pause(random.nextInt(1_000));
                long since = trial.injected();
                trial.kill(1);
                trial.start(1);
                trial.awaitRecovery(since);
            }
            RESULTS.add(trial.finish("agent killed (SIGKILL)"));
        }
    }

    @Test
    void shouldCountExactlyWhenABrokerIsKilled() throws Exception {
        Random random = new Random(SEED + 1);
        try (Trial trial = trial("broker-kill", Load.Kind.PLAIN)) {
            trial.start(1);
            trial.awaitFirst();
            for (int i = 0; i < times(1, 6); i++) {
                pause(random.nextInt(500));
                int node = 1 + (random.nextInt(Cluster.NODES) + i) % Cluster.NODES;
                long since = trial.injected();
                cluster.kill(node);
                trial.awaitRecovery(since);
                cluster.start(node);
                awaitReplicas(trial);
            }
            RESULTS.add(trial.finish("one broker of three killed (SIGKILL)"));
        }
    }

    @Test
    void shouldCountExactlyWhenBrokersRestart() throws Exception {
        assumeTrue(FULL, "SKIPPED: takes longer, runs with -Dchaos=full");
        try (Trial trial = trial("broker-restart", Load.Kind.PLAIN)) {
            trial.start(1);
            trial.awaitFirst();
            for (int i = 0; i < 6; i++) {
                long since = trial.injected();
                cluster.stop(1 + i % Cluster.NODES);
                cluster.start(1 + i % Cluster.NODES);
                trial.awaitRecovery(since);
                awaitReplicas(trial);
            }
            RESULTS.add(trial.finish("broker restarted"));
        }
    }

    @Test
    void shouldCountExactlyWhenABrokerStandsStill() throws Exception {
        assumeTrue(FULL, "SKIPPED: takes longer, runs with -Dchaos=full");
        Random random = new Random(SEED + 2);
        try (Trial trial = trial("broker-slow", Load.Kind.PLAIN)) {
            trial.start(1);
            trial.awaitFirst();
            for (int i = 0; i < times(1, 6); i++) {
                int node = 1 + random.nextInt(Cluster.NODES);
                long since = trial.injected();
                cluster.pause(node);
                pause(1_000 + random.nextInt(4_000));
                cluster.resume(node);
                trial.awaitRecovery(since);
                awaitReplicas(trial);
            }
            RESULTS.add(trial.finish("broker paused for 1 to 5 s"));
        }
    }

    @Test
    void shouldCountExactlyWhenTheDiskIsFull() throws Exception {
        Path disk = Files.createDirectories(directory.resolve("disk"));
        String options = "size=" + DISK_MEGABYTES + "m";
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk.toString()) == 0,
                "SKIPPED: expected to be root, to mount a small file system for the state, but could not");
        try (Trial trial = trial("disk", Load.Kind.PLAIN)) {
            trial.start(1, disk.resolve("state"));
            trial.awaitFirst();
            for (int i = 0; i < times(1, 4); i++) {
                long since = trial.injected();
                Path filler = fill(disk);
                pause(1_500);
                trial.kill(1);
                trial.start(1);
                pause(4_000);
                Files.delete(filler);
                trial.awaitRecovery(since);
            }
            RESULTS.add(trial.finish("disk of the state full, agent killed"));
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    @Test
    void shouldCountExactlyWhenWorkersComeAndGo() throws Exception {
        assumeTrue(FULL, "SKIPPED: takes longer, runs with -Dchaos=full");
        try (Trial trial = trial("rebalance", Load.Kind.PLAIN)) {
            trial.start(1);
            trial.awaitFirst();
            for (int i = 0; i < times(1, 6); i++) {
                long added = trial.injected();
                trial.start(2);
                pause(2_000);
                trial.awaitRecovery(added);
                long removed = trial.injected();
                trial.stop(2);
                trial.awaitRecovery(removed);
            }
            RESULTS.add(trial.finish("agent added or removed"));
        }
    }

    @Test
    void shouldCountExactlyWhenClocksJump() throws Exception {
        try (Trial trial = trial("clock", Load.Kind.JUMPING, Routing.REPARTITION)) {
            trial.start(1);
            trial.awaitFirst();
            pause(times(2_000, 30_000));
            RESULTS.add(trial.finish("clocks jump by up to an hour; all events by the internal topic"));
        }
    }

    @Test
    void shouldCountExactlyWhenBatchesArePoisoned() throws Exception {
        try (Trial trial = trial("poison", Load.Kind.POISONED)) {
            trial.start(1);
            trial.awaitFirst();
            pause(times(2_000, 30_000));
            RESULTS.add(trial.finish("poison events, in every place of a batch"));
        }
    }

    private static Trial trial(String name, Load.Kind kind) throws Exception {
        return trial(name, kind, Routing.DIRECT);
    }

    private static Trial trial(String name, Load.Kind kind, Routing routing) throws Exception {
        return new Trial(cluster.bootstrapServers(), name, directory.resolve(name), kind, SEED, PER_SECOND, routing);
    }

    private static int times(int usually, int full) {
        return FULL ? full : usually;
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }

    /** Returns when every partition has all its replicas in sync again, so that the next broker may go. */
    private static void awaitReplicas(Trial trial) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            trial.await("all replicas in sync", () -> {
                try {
                    var names = admin.listTopics(new ListTopicsOptions().listInternal(true))
                            .names()
                            .get();
                    return admin.describeTopics(names).allTopicNames().get().values().stream()
                            .flatMap(topic -> topic.partitions().stream())
                            .allMatch(partition -> partition.isr().size()
                                    == partition.replicas().size());
                } catch (ExecutionException notYet) {
                    return false;
                }
            });
        }
    }

    /** Takes all that is left of a file system. */
    private static Path fill(Path disk) throws IOException {
        Path filler = disk.resolve("filler");
        byte[] block = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            if (!String.valueOf(full.getMessage()).toLowerCase(Locale.ROOT).contains("space")) {
                throw full;
            }
        }
        return filler;
    }

    /** The exit code; 127 if there is no such program. */
    private static int run(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : 127;
        } catch (IOException e) {
            return 127;
        }
    }
}
