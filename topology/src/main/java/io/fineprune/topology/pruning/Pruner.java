package io.fineprune.topology.pruning;

import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.UnitGroup;
import io.fineprune.topology.sums.ActivationSums;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The paper's Eq. 1: removes what matters least to the user. A pure function; the same sums and plan give the same mask bit
 * for bit.
 */
public final class Pruner {
    private Pruner() {}

    /**
     * The mask that the plan makes of these sums.
     *
     * @throws IllegalArgumentException if the sums belong to another model
     */
    public static Mask prune(PrunableModel model, ActivationSums sums, PruningPlan plan) {
        return plan.granularity() == Granularity.GRANULARITY_NODE
                ? pruneUnits(model, sums, plan)
                : pruneWeights(model, sums, plan);
    }

    private static Mask pruneUnits(PrunableModel model, ActivationSums sums, PruningPlan plan) {
        Architecture architecture = model.architecture();
        double[] scores = UnitScores.of(model, sums, plan);
        List<UnitGroup> groups =
                architecture.groups().stream().filter(model::prunable).toList();
        List<double[]> sets = new ArrayList<>();
        for (UnitGroup group : groups) {
            double[] set = new double[group.size()];
            System.arraycopy(scores, group.firstUnit(), set, 0, set.length);
            sets.add(set);
        }
        List<BitSet> kept = keep(sets, plan);
        BitSet units = new BitSet(architecture.units());
        units.set(0, architecture.units());
        for (int g = 0; g < groups.size(); g++) {
            UnitGroup group = groups.get(g);
            BitSet ofGroup = kept.get(g);
            for (int u = ofGroup.nextClearBit(0); u < group.size(); u = ofGroup.nextClearBit(u + 1)) {
                units.clear(group.firstUnit() + u);
            }
        }
        return Mask.ofUnits(architecture, units);
    }

    private static Mask pruneWeights(PrunableModel model, ActivationSums sums, PruningPlan plan) {
        int layers = model.architecture().layers().size();
        if (plan.scope() == Scope.SCOPE_GLOBAL) {
            List<double[]> sets = new ArrayList<>();
            for (int l = 0; l < layers; l++) {
                sets.add(WeightScores.of(model, sums, plan, l));
            }
            return new Mask(plan.granularity(), keep(sets, plan));
        }
        List<BitSet> kept = new ArrayList<>();
        for (int l = 0; l < layers; l++) {
            double[] scores = WeightScores.of(model, sums, plan, l);
            kept.add(Selection.keep(scores, plan.removed(scores.length)));
        }
        return new Mask(plan.granularity(), kept);
    }

    private static List<BitSet> keep(List<double[]> sets, PruningPlan plan) {
        if (plan.scope() == Scope.SCOPE_GLOBAL) {
            int total = sets.stream().mapToInt(set -> set.length).sum();
            return Selection.keepGlobally(sets, plan.removed(total));
        }
        return sets.stream()
                .map(set -> Selection.keep(set, plan.removed(set.length)))
                .toList();
    }
}
