package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.UnitGroup;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PruningPlan;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Removes the units with the lowest scores: the same share of every group, as the topology's pruning does. */
final class UnitSelection {
    private UnitSelection() {}

    /**
     * The mask; of equal scores the lower unit goes first, and one unit of each group stays.
     *
     * @param scores [units]
     */
    static Mask mask(Architecture architecture, double[] scores, double sparsity) {
        double share = Math.min(sparsity, PruningPlan.MAX_SPARSITY);
        BitSet kept = new BitSet();
        kept.set(0, architecture.units());
        for (UnitGroup group : architecture.groups()) {
            boolean prunable = !group.layers().isEmpty()
                    && group.layers().stream()
                            .allMatch(l -> architecture.layers().get(l).prunable());
            if (prunable) {
                int count = Math.min((int) Math.floor(share * group.size() + 0.5), group.size() - 1);
                List<Integer> units = IntStream.range(group.firstUnit(), group.firstUnit() + group.size())
                        .boxed()
                        .sorted(Comparator.comparingDouble(unit -> scores[unit]))
                        .collect(Collectors.toList());
                units.subList(0, count).forEach(kept::clear);
            }
        }
        return Mask.ofUnits(architecture, kept);
    }
}
