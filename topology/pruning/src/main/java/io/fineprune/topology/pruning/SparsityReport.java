package io.fineprune.topology.pruning;

import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Sparsity;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import java.util.BitSet;

/**
 * How much a mask removes, counted three ways. Biases are neither counted as weights nor as operations. A mask of weights
 * removes no nodes.
 *
 * @param nodes removed
 * @param allNodes of prunable layers
 * @param weights removed, those that removed inputs take along included
 * @param allWeights of all layers
 * @param macs multiply-accumulate operations per event removed
 * @param allMacs of all layers
 */
public record SparsityReport(long nodes, long allNodes, long weights, long allWeights, long macs, long allMacs) {
    public static SparsityReport of(Architecture architecture, Mask mask) {
        BitSet keptUnits = keptUnits(architecture, mask);
        long nodes = 0;
        long allNodes = 0;
        long weights = 0;
        long allWeights = 0;
        long macs = 0;
        long allMacs = 0;
        for (int l = 0; l < architecture.layers().size(); l++) {
            Layer layer = architecture.layers().get(l);
            long removed;
            if (mask.granularity() == Granularity.GRANULARITY_NODE) {
                long keptNodes = mask.layer(l).cardinality();
                nodes += layer.nodes() - keptNodes;
                removed = layer.weights() - keptWeights(layer, keptNodes, keptUnits);
            } else {
                removed = (long) layer.weights() - mask.layer(l).cardinality();
            }
            allNodes += layer.prunable() ? layer.nodes() : 0;
            weights += removed;
            allWeights += layer.weights();
            macs += removed * layer.positions();
            allMacs += layer.weights() * layer.positions();
        }
        return new SparsityReport(nodes, allNodes, weights, allWeights, macs, allMacs);
    }

    /** Share of the nodes of prunable layers, 0 to 1. */
    public double nodeShare() {
        return share(nodes, allNodes);
    }

    /** Share of all weights, 0 to 1. */
    public double weightShare() {
        return share(weights, allWeights);
    }

    /** Share of all multiply-accumulate operations, 0 to 1. */
    public double macShare() {
        return share(macs, allMacs);
    }

    public Sparsity toMessage() {
        return Sparsity.newBuilder()
                .setNodes(nodeShare())
                .setWeights(weightShare())
                .setMacs(macShare())
                .build();
    }

    private static long keptWeights(Layer layer, long keptNodes, BitSet keptUnits) {
        if (layer.kind() == LayerKind.DEPTHWISE) {
            return layer.kernelSize() * keptNodes;
        }
        long keptInputs = 0;
        for (int i = 0; i < layer.inputs(); i++) {
            int unit = layer.inputUnit(i);
            keptInputs += unit < 0 || keptUnits.get(unit) ? 1 : 0;
        }
        return layer.kernelSize() * keptInputs * keptNodes;
    }

    /** The units none of whose nodes is removed. */
    public static BitSet keptUnits(Architecture architecture, Mask mask) {
        BitSet kept = new BitSet();
        kept.set(0, architecture.units());
        if (mask.granularity() == Granularity.GRANULARITY_NODE) {
            for (int l = 0; l < architecture.layers().size(); l++) {
                Layer layer = architecture.layers().get(l);
                for (int n = 0; n < layer.nodes(); n++) {
                    if (!mask.keeps(l, n) && layer.outputUnit(n) >= 0) {
                        kept.clear(layer.outputUnit(n));
                    }
                }
            }
        }
        return kept;
    }

    private static double share(long part, long all) {
        return all == 0 ? 0 : (double) part / all;
    }
}
