package io.fineprune.agent.fleet;

import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.SourceModel;
import io.fineprune.topology.activation.UnitGroup;
import io.fineprune.topology.activation.UnusableEventException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The paper's Algorithm 1 written down plainly, one event at a time, for comparison. */
final class ReferenceSums {
    final double[] absolute;
    final double[] linear;
    final double[] squared;

    ReferenceSums(SourceModel model, List<SensorEvent> events) throws UnusableEventException {
        int taps = model.architecture().taps();
        absolute = new double[taps];
        linear = new double[taps];
        squared = new double[taps];
        for (SensorEvent event : events) {
            ActivationBatch batch = model.evaluate(List.of(model.prepare(event)));
            for (int t = 0; t < taps; t++) {
                absolute[t] += batch.absolute()[t];
                linear[t] += batch.linear()[t];
                squared[t] += batch.squared()[t];
            }
        }
    }

    /** Bits of the nodes that are kept in a layer, if each group of units loses the same share. */
    BitSet kept(Architecture architecture, int layer, double sparsity) {
        int nodes = architecture.layers().get(layer).nodes();
        BitSet kept = new BitSet();
        kept.set(0, nodes);
        for (UnitGroup group : architecture.groups()) {
            if (!group.layers().contains(layer)) {
                continue;
            }
            boolean prunable = group.layers().stream()
                    .allMatch(l -> architecture.layers().get(l).prunable());
            if (!prunable) {
                continue;
            }
            double[] score = new double[group.size()];
            for (int l : group.layers()) {
                for (int n = 0; n < architecture.layers().get(l).nodes(); n++) {
                    int unit = architecture.layers().get(l).outputUnit(n) - group.firstUnit();
                    score[unit] += absolute[architecture.layers().get(l).firstTap() + n];
                }
            }
            Integer[] order = IntStream.range(0, group.size()).boxed().toArray(Integer[]::new);
            Arrays.sort(order, Comparator.comparingDouble(u -> score[u]));
            for (int i = 0; i < Math.floor(sparsity * group.size() + 0.5); i++) {
                for (int n = 0; n < nodes; n++) {
                    if (architecture.layers().get(layer).outputUnit(n) == group.firstUnit() + order[i]) {
                        kept.clear(n);
                    }
                }
            }
        }
        return kept;
    }
}
