package io.fineprune.topology.pruning;

import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.UnitGroup;
import io.fineprune.topology.sums.ActivationSums;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;

/** Scores of all units or weights that may be removed, from which masks of any sparsity are made. Immutable. */
final class ScoredSets {
    private final PrunableModel model;
    private final PruningPlan plan;
    private final List<UnitGroup> groups;
    private final List<double[]> sets;
    private final int[] limits;

    private ScoredSets(PrunableModel model, PruningPlan plan, List<UnitGroup> groups, List<double[]> sets) {
        this.model = model;
        this.plan = plan;
        this.groups = groups;
        this.sets = sets;
        this.limits = new int[sets.size()];
        for (int s = 0; s < limits.length; s++) {
            limits[s] = limit(s);
        }
    }

    static ScoredSets of(PrunableModel model, ActivationSums sums, PruningPlan plan) {
        requireKnownLayers(model.architecture(), plan);
        List<double[]> sets = new ArrayList<>();
        if (plan.granularity() != Granularity.GRANULARITY_NODE) {
            for (int l = 0; l < model.architecture().layers().size(); l++) {
                sets.add(WeightScores.of(model, sums, plan, l));
            }
            return new ScoredSets(model, plan, List.of(), sets);
        }
        double[] scores = UnitScores.of(model, sums, plan);
        List<UnitGroup> groups =
                model.architecture().groups().stream().filter(model::prunable).toList();
        for (UnitGroup group : groups) {
            double[] set = new double[group.size()];
            System.arraycopy(scores, group.firstUnit(), set, 0, set.length);
            sets.add(set);
        }
        return new ScoredSets(model, plan, groups, sets);
    }

    private static void requireKnownLayers(Architecture architecture, PruningPlan plan) {
        List<String> known = architecture.layers().stream().map(Layer::name).toList();
        for (String layer : plan.layerLimits().keySet()) {
            if (!known.contains(layer)) {
                throw new IllegalArgumentException("Expected a limit for one of the layers %s of model %s, but was %s"
                        .formatted(known, architecture.modelId(), layer));
            }
        }
    }

    /** Returns how many units or weights of a set may be removed. */
    private int limit(int set) {
        int size = sets.get(set).length;
        List<Layer> layers = model.architecture().layers();
        if (groups.isEmpty()) {
            return plan.limit(layers.get(set).name(), size);
        }
        return groups.get(set).layers().stream()
                .mapToInt(layer -> plan.limit(layers.get(layer).name(), size))
                .min()
                .orElse(0);
    }

    /** Makes the mask that removes this share, 0 to 0.99, of the lowest scores. */
    Mask mask(double sparsity) {
        PruningPlan wanted = plan.withSparsity(sparsity);
        List<BitSet> kept = keep(wanted);
        if (plan.granularity() != Granularity.GRANULARITY_NODE) {
            return new Mask(Granularity.GRANULARITY_WEIGHT, kept);
        }
        Architecture architecture = model.architecture();
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

    private List<BitSet> keep(PruningPlan wanted) {
        OptionalInt pattern = plan.patternSize();
        if (pattern.isPresent()) {
            return keepPattern(wanted, pattern.getAsInt());
        }
        if (plan.scope() == Scope.SCOPE_GLOBAL) {
            int total = sets.stream().mapToInt(set -> set.length).sum();
            return Selection.keepGlobally(sets, limits, wanted.removed(total));
        }
        List<BitSet> kept = new ArrayList<>();
        for (int s = 0; s < limits.length; s++) {
            double[] set = sets.get(s);
            kept.add(Selection.keep(set, Math.min(limits[s], wanted.removed(set.length))));
        }
        return kept;
    }

    /** Removes the same number of every {@code size} consecutive weights of a node, whatever the scope. */
    private List<BitSet> keepPattern(PruningPlan wanted, int size) {
        List<BitSet> kept = new ArrayList<>();
        for (int s = 0; s < limits.length; s++) {
            Layer layer = model.architecture().layers().get(s);
            int removed = Math.min(wanted.removed(size), plan.limit(layer.name(), size));
            kept.add(Selection.keepPattern(sets.get(s), layer.nodes(), size, removed));
        }
        return kept;
    }
}
