package io.fineprune.agent.bench;

import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.schemas.topic.Topics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** Watches the memory of an agent over many events of the same users. */
public final class SoakBench {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final double MIB = 1 << 20;
    private static final int KIB = 1024;

    private final int events;
    private final int users;
    private final int samples;
    private final Path scratch;
    private final Consumer<String> progress;

    /**
     * Prepares the measurement; {@link #run} starts it.
     *
     * @param samples of the memory, evenly over the events
     */
    public SoakBench(int events, int users, int samples, Path scratch, Consumer<String> progress) {
        this.events = events;
        this.users = users;
        this.samples = samples;
        this.scratch = scratch;
        this.progress = progress;
    }

    /**
     * The memory after a number of events, in MiB.
     *
     * @param residentMib of the whole process, native memory included; 0 where it cannot be read
     * @param heapMib live, after a collection
     */
    public record Sample(long events, double residentMib, double heapMib) {}

    /**
     * The growth of the memory, and the samples that it is computed from.
     *
     * @param residentSlopeMib per 100,000 events, least squares over the second half of the samples
     * @param heapSlopeMib likewise
     */
    public record Result(double residentSlopeMib, double heapSlopeMib, List<Sample> samples) {
        public Result {
            samples = List.copyOf(samples);
        }

        /** A table in Markdown, slopes first. */
        public String markdown() {
            StringBuilder table = new StringBuilder(Report.line(
                            "Growth per 100,000 events in the second half: resident %+.1f MB, live heap %+.1f MB",
                            residentSlopeMib, heapSlopeMib)
                    + "\n"
                    + Report.line("| events | resident | live heap |")
                    + Report.line("|---|---|---|"));
            for (Sample sample : samples) {
                table.append(Report.line(
                        "| %,d | %.0f MB | %.1f MB |", sample.events(), sample.residentMib(), sample.heapMib()));
            }
            return table.toString();
        }
    }

    /** Runs broker, agent and devices, measures, and stops them all. */
    public Result run() throws Exception {
        List<Sample> found = new ArrayList<>();
        try (BenchFleet fleet = new BenchFleet(scratch);
                LoadProcess load = fleet.load()) {
            Topics topics = fleet.topics("");
            try (FleetAgent agent = BenchAgent.start(
                    fleet.broker.bootstrapServers(),
                    topics,
                    "bench-soak",
                    fleet.folder("state"),
                    fleet.model,
                    Map.of(),
                    BenchAgent.counting())) {
                Pausable turn = BenchAgent.pausable(agent, topics);
                turn.streams().pause();
                for (int s = 1; s <= samples; s++) {
                    turn.work(load, 0, users, events / samples);
                    Sample sample = new Sample((long) s * (events / samples), resident(), heap());
                    found.add(sample);
                    progress.accept("%,d events: resident %.0f MB, live heap %.1f MB"
                            .formatted(sample.events(), sample.residentMib(), sample.heapMib()));
                }
            }
        }
        List<Sample> half = found.subList(found.size() / 2, found.size());
        return new Result(slope(half, Sample::residentMib), slope(half, Sample::heapMib), found);
    }

    private static double slope(List<Sample> samples, ToDoubleFunction<Sample> value) {
        double x = samples.stream().mapToDouble(Sample::events).average().orElse(0);
        double y = samples.stream().mapToDouble(value).average().orElse(0);
        double xy = 0;
        double xx = 0;
        for (Sample sample : samples) {
            xy += (sample.events() - x) * (value.applyAsDouble(sample) - y);
            xx += (sample.events() - x) * (sample.events() - x);
        }
        return xx == 0 ? 0 : 100_000 * xy / xx;
    }

    private static double heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MIB;
    }

    private static double resident() throws IOException {
        if (!Files.isReadable(STATUS)) {
            return 0;
        }
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB / MIB;
            }
        }
        return 0;
    }
}
