package io.fineprune.topology.testing;

import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.activation.UnitGroup;
import io.fineprune.topology.pruning.PrunableModel;
import io.fineprune.topology.sums.ActivationSums;
import io.fineprune.topology.sums.SumsAccumulator;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * The wiring of a net with all that ties channels: a convolution with a depthwise layer behind it, a residual addition of
 * two convolutions, a flattened dense layer. Weights and activations are drawn from a seed.
 */
public final class WiredModel {
    private static final int[] NONE_3 = {-1, -1, -1};

    private final Architecture architecture;
    private final float[][] weights;

    public WiredModel(long seed) {
        // Units 0-3: conv_a and depthwise_b. Units 4-9: conv_c and conv_d, added. Units 10-14: dense_e.
        List<Layer> layers = List.of(
                new Layer(
                        "conv_a", LayerKind.CONVOLUTION, 4, 3, 9, 16, true, 3, range(0, 4), NONE_3, range(0, 3), may()),
                new Layer(
                        "depthwise_b",
                        LayerKind.DEPTHWISE,
                        4,
                        4,
                        9,
                        16,
                        true,
                        7,
                        range(0, 4),
                        range(0, 4),
                        range(3, 4),
                        may()),
                new Layer(
                        "conv_c",
                        LayerKind.CONVOLUTION,
                        6,
                        4,
                        1,
                        16,
                        true,
                        11,
                        range(4, 6),
                        range(0, 4),
                        range(7, 4),
                        may()),
                new Layer(
                        "conv_d",
                        LayerKind.CONVOLUTION,
                        6,
                        6,
                        9,
                        4,
                        true,
                        17,
                        range(4, 6),
                        range(4, 6),
                        range(11, 6),
                        may()),
                new Layer(
                        "dense_e",
                        LayerKind.DENSE,
                        5,
                        24,
                        1,
                        1,
                        true,
                        23,
                        range(10, 5),
                        repeated(4, 6, 4),
                        repeated(17, 6, 4),
                        may()),
                new Layer(
                        "dense_f",
                        LayerKind.DENSE,
                        3,
                        5,
                        1,
                        1,
                        true,
                        28,
                        NONE_3,
                        range(10, 5),
                        range(23, 5),
                        Optional.of("the output layer")));
        List<UnitGroup> groups = List.of(
                new UnitGroup("conv_a", 0, 4, List.of(0, 1)),
                new UnitGroup("conv_c", 4, 6, List.of(2, 3)),
                new UnitGroup("dense_e", 10, 5, List.of(4)));
        architecture = new Architecture("wired", "%064x".formatted(seed), layers, groups, 31, List.of("a", "b", "c"));
        Random random = new Random(seed);
        weights = new float[layers.size()][];
        for (int l = 0; l < weights.length; l++) {
            weights[l] = new float[layers.get(l).weights()];
            for (int w = 0; w < weights[l].length; w++) {
                weights[l][w] = (float) random.nextGaussian();
            }
        }
    }

    public Architecture architecture() {
        return architecture;
    }

    public float[] weights(int layer) {
        return weights[layer].clone();
    }

    public PrunableModel prunable() {
        return new PrunableModel(architecture, this::weights);
    }

    /** Sums of so many events with activations drawn from a seed, consistent with each other. */
    public ActivationSums sums(long seed, int events) {
        SumsAccumulator sums = SumsAccumulator.empty(architecture);
        ActivationBatch batch = batch(seed, events);
        for (int e = 0; e < events; e++) {
            sums.add(batch, e, 1_000 + e);
        }
        return sums.snapshot();
    }

    public ActivationBatch batch(long seed, int events) {
        Random random = new Random(seed);
        int taps = architecture.taps();
        float[] absolute = new float[events * taps];
        float[] linear = new float[events * taps];
        float[] squared = new float[events * taps];
        float[] posterior = new float[events * 3];
        for (int i = 0; i < absolute.length; i++) {
            double scale = 1 + i % taps % 5;
            for (int position = 0; position < 16; position++) {
                double a = scale * random.nextGaussian();
                absolute[i] += (float) Math.abs(a);
                linear[i] += (float) a;
                squared[i] += (float) (a * a);
            }
        }
        Arrays.fill(posterior, 1f / 3);
        return new ActivationBatch(events, taps, 3, absolute, linear, squared, posterior);
    }

    private static Optional<String> may() {
        return Optional.empty();
    }

    private static int[] range(int from, int length) {
        int[] range = new int[length];
        Arrays.setAll(range, i -> from + i);
        return range;
    }

    /** [positions, channels] flattened: from, from + 1, ... once per position. */
    private static int[] repeated(int from, int channels, int positions) {
        int[] values = new int[channels * positions];
        Arrays.setAll(values, i -> from + i % channels);
        return values;
    }
}
