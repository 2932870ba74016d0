package io.fineprune.agent.bench;

import io.fineprune.agent.tensorflow.PruningVariants;
import io.fineprune.agent.tensorflow.RunnableModel;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Times three variants of a model in turns, in another order each round. */
final class Interleaved {
    private static final int VARIANTS = 3;
    private static final double SLICE_NANOS = 40e6;
    private static final int MAX_PASSES = 2000;
    private static final int CALIBRATION_PASSES = 4;
    private static final double NANOS_PER_MILLI = 1e6;

    private final com.sun.management.OperatingSystemMXBean system =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final List<ModelInput> inputs = new ArrayList<>();
    private final double[][] wall;
    private final double[][] cpu;

    private Interleaved(int inputSize, int batch, int rounds) {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < batch; i++) {
            float[] values = new float[inputSize];
            for (int j = 0; j < inputSize; j++) {
                values[j] = (float) (2 * random.nextDouble() - 1);
            }
            inputs.add(new ModelInput.Values(values));
        }
        this.wall = new double[VARIANTS][rounds];
        this.cpu = new double[VARIANTS][rounds];
    }

    static CompactResult.Timing run(PruningVariants variants, int batch, int rounds) throws UnusableEventException {
        Interleaved work = new Interleaved(variants.dense().inputSize(), batch, rounds);
        try (RunnableModel dense = new RunnableModel(variants.dense(), batch);
                RunnableModel masked = new RunnableModel(variants.masked(), batch);
                RunnableModel compacted = new RunnableModel(variants.compacted(), batch)) {
            work.rounds(List.of(dense, masked, compacted), rounds);
        }
        return new CompactResult.Timing(
                batch,
                rounds,
                quantile(work.wall[0], 0.5),
                quantile(work.wall[1], 0.5),
                quantile(work.wall[2], 0.5),
                ratio(work.wall[0], work.wall[1]),
                ratio(work.wall[0], work.wall[2]),
                Arrays.stream(work.cpu[0]).sum() / Arrays.stream(work.cpu[2]).sum());
    }

    private void rounds(List<RunnableModel> models, int rounds) throws UnusableEventException {
        int[] passes = new int[VARIANTS];
        for (int v = 0; v < VARIANTS; v++) {
            double once = Double.POSITIVE_INFINITY;
            for (int i = 0; i < CALIBRATION_PASSES; i++) {
                long start = System.nanoTime();
                models.get(v).run(inputs);
                once = Math.min(once, (double) Math.max(1, System.nanoTime() - start));
            }
            passes[v] = (int) Math.max(1, Math.min(MAX_PASSES, Math.ceil(SLICE_NANOS / once)));
        }
        for (int round = 0; round < rounds; round++) {
            for (int turn = 0; turn < VARIANTS; turn++) {
                int v = (round + turn) % VARIANTS;
                long cpuBefore = system.getProcessCpuTime();
                long start = System.nanoTime();
                for (int pass = 0; pass < passes[v]; pass++) {
                    models.get(v).run(inputs);
                }
                wall[v][round] = (System.nanoTime() - start) / NANOS_PER_MILLI / passes[v];
                cpu[v][round] = (system.getProcessCpuTime() - cpuBefore) / NANOS_PER_MILLI / passes[v];
            }
        }
    }

    private static CompactResult.Ratio ratio(double[] dense, double[] other) {
        double[] ratios = new double[dense.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = dense[i] / other[i];
        }
        return new CompactResult.Ratio(quantile(ratios, 0.25), quantile(ratios, 0.5), quantile(ratios, 0.75));
    }

    /** Returns the quantile, interpolated linearly between the neighbouring values. */
    static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double place = share * (sorted.length - 1);
        int low = (int) place;
        int high = Math.min(sorted.length - 1, low + 1);
        return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
    }
}
