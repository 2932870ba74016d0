package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.Scope;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnitGroup;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.MaskedLayers;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.repair.Sweep;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Chooses how far to prune each layer from what that costs the layers that read it: the share of their pre-activations' variance
 * on the user's events that cannot be expressed any more by what is left. Measured without labels, by sweeps at a few uniform
 * sparsities; then every group of tied layers is pruned as far as one common residual allows, the least that removes as many
 * weights as the uniform sparsity does. Used once, for one user.
 */
final class ResidualShares {
    private static final double[] MEASURED = {0.3, 0.5, 0.65, 0.8, 0.9};
    private static final double MOST = 0.95;
    private static final int HALVINGS = 20;

    private final Architecture architecture;
    private final Function<PruningPlan, Mask> pruner;
    private final Map<Integer, double[]> costs = new HashMap<>();

    /**
     * Measures the residuals by one sweep per uniform sparsity, which takes most of the time.
     *
     * @param pruner makes the mask of a plan for the user
     * @param plan its limits of layers stay in force
     */
    ResidualShares(
            LayerwiseModel model,
            RepairSettings repairs,
            Function<PruningPlan, Mask> pruner,
            PruningPlan plan,
            List<ModelInput> reservoir)
            throws UnusableEventException {
        this.architecture = model.architecture();
        this.pruner = pruner;
        Sweep sweep = new Sweep(model, repairs.withRefit(true));
        for (int m = 0; m < MEASURED.length; m++) {
            PruningPlan uniform = uniform(plan, MEASURED[m]);
            add(m, sweep.residuals(reservoir, new MaskedLayers(architecture, pruner.apply(uniform))));
        }
    }

    /** The mask that removes as many weights as the plan's sparsity would from every layer alike. */
    Mask mask(PruningPlan plan) {
        Mask alike = pruner.apply(uniform(plan, plan.sparsity()));
        double wanted = SparsityReport.of(architecture, alike).weightShare();
        double low = 0;
        double high = 1;
        Mask best = alike;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            Mask mask = pruner.apply(limited(plan, middle));
            if (SparsityReport.of(architecture, mask).weightShare() >= wanted) {
                high = middle;
                best = mask;
            } else {
                low = middle;
            }
        }
        return best;
    }

    private void add(int measured, double[] residuals) {
        for (int l = 0; l < residuals.length; l++) {
            Layer layer = architecture.layers().get(l);
            for (int g = 0; g < architecture.groups().size(); g++) {
                if (reads(layer, architecture.groups().get(g))) {
                    double[] cost = costs.computeIfAbsent(g, group -> new double[MEASURED.length]);
                    double before = measured == 0 ? 0 : cost[measured - 1];
                    cost[measured] = Math.max(Math.max(cost[measured], before), residuals[l]);
                }
            }
        }
    }

    private static boolean reads(Layer layer, UnitGroup group) {
        for (int i = 0; i < layer.inputs(); i++) {
            int unit = layer.inputUnit(i) - group.firstUnit();
            if (unit >= 0 && unit < group.size()) {
                return true;
            }
        }
        return false;
    }

    /** Every group as far as the residual allows, and no further than the plan's own limits. */
    private PruningPlan limited(PruningPlan plan, double residual) {
        Map<String, Double> limits = new HashMap<>(plan.layerLimits());
        for (int g = 0; g < architecture.groups().size(); g++) {
            double share = share(costs.get(g), residual);
            for (int l : architecture.groups().get(g).layers()) {
                limits.merge(architecture.layers().get(l).name(), share, Math::min);
            }
        }
        return uniform(plan, MOST).withLayerLimits(limits);
    }

    /**
     * Returns the sparsity at which the cost, interpolated linearly between the measurements, reaches the residual.
     */
    private static double share(double @Nullable [] cost, double residual) {
        if (cost == null) {
            return MOST;
        }
        double shareBefore = 0;
        double costBefore = 0;
        for (int m = 0; m < MEASURED.length; m++) {
            if (cost[m] > residual) {
                return shareBefore + (MEASURED[m] - shareBefore) * (residual - costBefore) / (cost[m] - costBefore);
            }
            shareBefore = MEASURED[m];
            costBefore = cost[m];
        }
        return costBefore >= 1
                ? shareBefore
                : shareBefore + (MOST - shareBefore) * (residual - costBefore) / (1 - costBefore);
    }

    private static PruningPlan uniform(PruningPlan plan, double sparsity) {
        return new PruningPlan(plan.criterion(), plan.granularity(), Scope.SCOPE_LAYER, sparsity, plan.seed())
                .withLayerLimits(plan.layerLimits());
    }
}
