package io.fineprune.agent.bench;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.preprocessing.FeatureSpec;
import io.fineprune.agent.tensorflow.PeakMemory;
import io.fineprune.agent.tensorflow.PruningVariants;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.SavedModelWriter;
import io.fineprune.topology.activation.UnusableEventException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Measures dense, masked and compacted models against each other in one run. */
public final class CompactBench {
    private static final List<Integer> BATCHES = List.of(1, 32);

    private final Options options;
    private final Consumer<String> progress;

    /**
     * The networks and shares to measure, and how often.
     *
     * @param shares of the nodes of every layer to remove
     * @param rounds in which all variants take their turn; at least 1
     * @param memory whether to measure memory too, in processes of its own
     */
    public record Options(List<BenchShape> shapes, List<Double> shares, int rounds, long seed, boolean memory) {
        public Options {
            shapes = List.copyOf(shapes);
            shares = List.copyOf(shares);
            if (rounds < 1) {
                throw new IllegalArgumentException("Expected at least 1 round, but was " + rounds);
            }
        }
    }

    /** @param progress is told what is being measured */
    public CompactBench(Options options, Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
    }

    /** One result for each network and share, in their order. */
    public List<CompactResult> run() throws IOException, InterruptedException, UnusableEventException {
        OptionalLong idle = options.memory() ? PeakMemory.idle() : OptionalLong.empty();
        List<CompactResult> results = new ArrayList<>();
        for (BenchShape shape : options.shapes()) {
            FrozenModel dense = shape.make(options.seed());
            for (double share : options.shares()) {
                progress.accept("%s, %.0f %% of the nodes removed".formatted(shape.title(), 100 * share));
                results.add(measure(shape, PruningVariants.random(dense, share, options.seed()), share, idle));
            }
        }
        return results;
    }

    private CompactResult measure(BenchShape shape, PruningVariants variants, double share, OptionalLong idle)
            throws IOException, InterruptedException, UnusableEventException {
        Path folder = Files.createTempDirectory("fineprune-bench");
        try {
            Path dense = written(folder.resolve("dense"), variants.dense());
            Path compacted = written(folder.resolve("compacted"), variants.compacted());
            long denseBytes = Files.size(dense.resolve("saved_model.pb"));
            long compactedBytes = Files.size(compacted.resolve("saved_model.pb"));
            long denseMemory = 0;
            long compactedMemory = 0;
            if (idle.isPresent()) {
                int batch = BATCHES.get(BATCHES.size() - 1);
                denseMemory = above(PeakMemory.of(dense, batch), idle);
                compactedMemory = above(PeakMemory.of(compacted, batch), idle);
            }
            List<CompactResult.Timing> timings = new ArrayList<>();
            for (int batch : BATCHES) {
                timings.add(Interleaved.run(variants, batch, options.rounds()));
            }
            long allMacs = variants.report().allMacs();
            return new CompactResult(
                    shape.title(),
                    share,
                    (double) allMacs / (allMacs - variants.report().macs()),
                    (double) denseBytes / compactedBytes,
                    denseBytes,
                    compactedBytes,
                    compactedMemory > 0
                            ? OptionalDouble.of((double) denseMemory / compactedMemory)
                            : OptionalDouble.empty(),
                    denseMemory,
                    compactedMemory,
                    timings);
        } finally {
            delete(folder);
        }
    }

    private static long above(OptionalLong peak, OptionalLong idle) {
        return peak.isPresent() && idle.isPresent() ? Math.max(0, peak.getAsLong() - idle.getAsLong()) : 0;
    }

    private static Path written(Path folder, FrozenModel model) {
        List<String> labels =
                IntStream.range(0, model.classes()).mapToObj(i -> "class-" + i).toList();
        SavedModelWriter.write(folder, model, ModelDescriptor.of("bench", new FeatureSpec(), labels));
        return folder;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
