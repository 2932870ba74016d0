package io.fineprune.topology.pruning;

import io.fineprune.schemas.v1.Criterion;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.sums.ActivationSums;
import java.util.Random;

/**
 * Scores of the weights of one layer. With A(w_jk) = |w_jk a_j| the sum of the paper's Eq. 1 over the user's events is
 * |w_jk| S_j, where S_j is the sum of |a| at the tap of input j: no weight-sized sum is ever kept.
 *
 * <ul>
 *   <li>ACTIVATION and CONTRIBUTION: |w_jk| S_j.
 *   <li>FLUCTUATION: |w_jk| times the deviation of a_j.
 *   <li>MAGNITUDE: |w_jk|.
 *   <li>RANDOM: drawn from the seed and the layer's index.
 * </ul>
 */
final class WeightScores {
    private static final long LAYER_STEP = 0x9E3779B97F4A7C15L;

    private WeightScores() {}

    /** Scores in the order of the weights: [kernelSize, inputs, nodes], or [kernelSize, nodes] for a depthwise layer. */
    static double[] of(PrunableModel model, ActivationSums sums, PruningPlan plan, int index) {
        Taps.requireSameModel(model, sums);
        Layer layer = model.architecture().layers().get(index);
        if (plan.criterion() == Criterion.CRITERION_RANDOM) {
            return random(layer.weights(), plan.seed() + LAYER_STEP * (index + 1L));
        }
        double[] activity = new double[layer.inputs()];
        for (int i = 0; i < activity.length; i++) {
            activity[i] = activity(model, sums, plan.criterion(), layer.inputTap(i));
        }
        float[] weights = model.weights(index);
        boolean depthwise = layer.kind() == LayerKind.DEPTHWISE;
        double[] scores = new double[weights.length];
        for (int w = 0; w < weights.length; w++) {
            int input = depthwise ? w % layer.nodes() : w / layer.nodes() % layer.inputs();
            scores[w] = Math.abs(weights[w]) * activity[input];
        }
        return scores;
    }

    private static double activity(PrunableModel model, ActivationSums sums, Criterion criterion, int tap) {
        return switch (criterion) {
            case CRITERION_ACTIVATION, CRITERION_CONTRIBUTION -> sums.absolute(tap);
            case CRITERION_FLUCTUATION -> Taps.deviation(model, sums, tap);
            case CRITERION_MAGNITUDE -> 1;
            case CRITERION_RANDOM, CRITERION_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("Expected a criterion that scores weights, but was " + criterion);
        };
    }

    private static double[] random(int weights, long seed) {
        Random random = new Random(seed);
        double[] scores = new double[weights];
        for (int w = 0; w < weights; w++) {
            scores[w] = random.nextDouble();
        }
        return scores;
    }
}
