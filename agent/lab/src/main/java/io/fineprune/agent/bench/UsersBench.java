package io.fineprune.agent.bench;

import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.schemas.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Measures what the number of users costs: time per event, state, and the time to restore it. */
public final class UsersBench {
    private static final double NANOS_PER_SECOND = 1e9;

    private final List<Integer> counts;
    private final int events;
    private final int rounds;
    private final Path scratch;
    private final Consumer<String> progress;

    /**
     * Prepares the measurement; {@link #run} starts it.
     *
     * @param counts of users; ratios are to the first
     * @param events of a round
     * @param rounds in which all counts take their turn
     */
    public UsersBench(List<Integer> counts, int events, int rounds, Path scratch, Consumer<String> progress) {
        this.counts = List.copyOf(counts);
        this.events = events;
        this.rounds = rounds;
        this.scratch = scratch;
        this.progress = progress;
    }

    /**
     * The measurements with one number of users.
     *
     * @param cpuRatio the processor's time per event, to that with the fewest users; median of the rounds' ratios
     * @param storeBytesPerUser on disk, after one event of each user and those of the rounds
     * @param changelogBytesPerEvent that the broker stores, in the rounds
     * @param restoreSeconds from the start of an agent without state until it runs
     */
    public record Result(
            int users,
            double cpuRatio,
            double cpuMicrosPerEvent,
            long storeBytesPerUser,
            long changelogBytesPerEvent,
            double restoreSeconds) {}

    /** All results, in the order of the counts. */
    public record Results(List<Result> users) {
        public Results {
            users = List.copyOf(users);
        }

        /** A table in Markdown, ratios first. */
        public String markdown() {
            StringBuilder table = new StringBuilder(Report.line(
                            "| users | processor's time per event | us | store per user | changelog per event | restore |")
                    + Report.line("|---|---|---|---|---|---|"));
            for (Result result : users) {
                table.append(Report.line(
                        "| %,d | **%.2fx** | %.0f | %,d B | %,d B | %.1f s |",
                        result.users(),
                        result.cpuRatio(),
                        result.cpuMicrosPerEvent(),
                        result.storeBytesPerUser(),
                        result.changelogBytesPerEvent(),
                        result.restoreSeconds()));
            }
            return table.toString();
        }
    }

    /** Runs broker, agents and devices, measures, and stops them all. */
    public Results run() throws Exception {
        try (BenchFleet fleet = new BenchFleet(scratch);
                LoadProcess load = fleet.load()) {
            List<FleetAgent> agents = new ArrayList<>();
            try {
                List<Pausable> turns = new ArrayList<>();
                for (int users : counts) {
                    Topics topics = fleet.topics(application(users));
                    FleetAgent agent = start(fleet, users, topics);
                    agents.add(agent);
                    Pausable turn = BenchAgent.pausable(agent, topics);
                    turn.streams().pause();
                    turns.add(turn);
                    progress.accept("First event of each of %,d users".formatted(users));
                    turn.work(load, 0, users, Math.max(users, events));
                }
                double[][] cpu = new double[counts.size()][rounds];
                long[] before = counts.stream()
                        .mapToLong(users -> fleet.changelogBytes(application(users)))
                        .toArray();
                for (int round = 0; round < rounds; round++) {
                    progress.accept("Round %d of %d".formatted(round + 1, rounds));
                    for (int c = 0; c < cpu.length; c++) {
                        cpu[c][round] = turns.get(c)
                                        .work(load, 0, counts.get(c), events)
                                        .cpuSeconds()
                                / events;
                    }
                }
                List<Result> results = new ArrayList<>();
                for (int c = 0; c < cpu.length; c++) {
                    long changelog = fleet.changelogBytes(application(counts.get(c))) - before[c];
                    agents.get(c).close();
                    results.add(result(fleet, counts.get(c), cpu[c], cpu[0], changelog));
                }
                return new Results(results);
            } finally {
                agents.forEach(FleetAgent::close);
            }
        }
    }

    private Result result(BenchFleet fleet, int users, double[] cpu, double[] fewest, long changelog)
            throws IOException, InterruptedException {
        progress.accept("Restoring %,d users".formatted(users));
        Path state = fleet.folder("state-" + users);
        long store = BenchFleet.bytes(state);
        delete(state);
        long start = System.nanoTime();
        start(fleet, users, Topics.withPrefix(application(users) + ".")).close();
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        double[] ratios = new double[cpu.length];
        for (int i = 0; i < cpu.length; i++) {
            ratios[i] = cpu[i] / fewest[i];
        }
        return new Result(
                users,
                Report.median(ratios),
                1e6 * Report.median(cpu),
                store / users,
                changelog / ((long) rounds * events),
                seconds);
    }

    private static FleetAgent start(BenchFleet fleet, int users, Topics topics)
            throws IOException, InterruptedException {
        return BenchAgent.start(
                fleet.broker.bootstrapServers(),
                topics,
                application(users),
                fleet.folder("state-" + users),
                fleet.model,
                Map.of(),
                BenchAgent.counting());
    }

    private static String application(int users) {
        return "bench-users-" + users;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
