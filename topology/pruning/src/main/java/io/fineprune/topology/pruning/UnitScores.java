package io.fineprune.topology.pruning;

import io.fineprune.schemas.v1.Criterion;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.UnitGroup;
import io.fineprune.topology.sums.ActivationSums;
import java.util.Random;

/**
 * Scores of the units of a model: the higher, the more a unit matters to the user.
 *
 * <ul>
 *   <li>ACTIVATION: S_n, the sum of |a| at the node's tap (Algorithm 1).
 *   <li>CONTRIBUTION: over all inputs that the unit feeds, S at the input's tap times the L1 norm of the weights that read it.
 *   <li>FLUCTUATION: the same with the deviation of a instead of S.
 *   <li>MAGNITUDE: L1 norm of the node's own weights.
 *   <li>RANDOM: drawn from the seed.
 * </ul>
 *
 * <p>Where a unit removes nodes of several layers, ACTIVATION and MAGNITUDE are divided by the layer's mean and averaged,
 * so that no layer drowns another.
 */
final class UnitScores {
    private UnitScores() {}

    /** [units] scores of all units of the model, prunable or not. */
    static double[] of(PrunableModel model, ActivationSums sums, PruningPlan plan) {
        Taps.requireSameModel(model, sums);
        return switch (plan.criterion()) {
            case CRITERION_ACTIVATION, CRITERION_MAGNITUDE -> ofNodes(model, sums, plan.criterion());
            case CRITERION_CONTRIBUTION, CRITERION_FLUCTUATION -> ofOutgoing(model, sums, plan.criterion());
            case CRITERION_RANDOM -> random(model.architecture().units(), plan.seed());
            case CRITERION_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("Expected a criterion of the plan, but was " + plan.criterion());
        };
    }

    private static double[] ofNodes(PrunableModel model, ActivationSums sums, Criterion criterion) {
        double[] scores = new double[model.architecture().units()];
        for (UnitGroup group : model.architecture().groups()) {
            for (int l : group.layers()) {
                double[] ofLayer = ofNodes(model, sums, criterion, group, l);
                double divisor = group.layers().size() == 1
                        ? 1
                        : mean(ofLayer) * group.layers().size();
                for (int u = 0; u < ofLayer.length; u++) {
                    scores[group.firstUnit() + u] += divisor == 0 ? 0 : ofLayer[u] / divisor;
                }
            }
        }
        return scores;
    }

    private static double[] ofNodes(
            PrunableModel model, ActivationSums sums, Criterion criterion, UnitGroup group, int index) {
        Layer layer = model.architecture().layers().get(index);
        double[] scores = new double[group.size()];
        for (int n = 0; n < layer.nodes(); n++) {
            int unit = layer.outputUnit(n) - group.firstUnit();
            if (unit >= 0 && unit < group.size()) {
                scores[unit] += criterion == Criterion.CRITERION_ACTIVATION
                        ? sums.absolute(layer.firstTap() + n)
                        : model.nodeNorm(index, n);
            }
        }
        return scores;
    }

    private static double[] ofOutgoing(PrunableModel model, ActivationSums sums, Criterion criterion) {
        double[] scores = new double[model.architecture().units()];
        for (PrunableModel.Outgoing outgoing : model.outgoing()) {
            double activity = criterion == Criterion.CRITERION_CONTRIBUTION
                    ? sums.absolute(outgoing.tap())
                    : Taps.deviation(model, sums, outgoing.tap());
            scores[outgoing.unit()] += activity * outgoing.norm();
        }
        return scores;
    }

    private static double[] random(int units, long seed) {
        Random random = new Random(seed);
        double[] scores = new double[units];
        for (int u = 0; u < units; u++) {
            scores[u] = random.nextDouble();
        }
        return scores;
    }

    static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
