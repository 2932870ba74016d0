package io.fineprune.topology.pruning;

import io.fineprune.schemas.serde.MaskBits;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.LayerMask;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The nodes or weights of a model that are kept. There is one set of bits for every layer, in the order of the graph,
 * unprunable layers included: of nodes or of weights, as the granularity says; a set bit keeps. Immutable; equal by
 * content.
 *
 * @param layers [layers] bits of the layer's nodes, or of its weights in their order
 */
public record Mask(Granularity granularity, List<BitSet> layers) {
    public Mask {
        layers = layers.stream().map(bits -> (BitSet) bits.clone()).toList();
    }

    /** Makes the mask that removes all nodes of every unit that is not kept. */
    public static Mask ofUnits(Architecture architecture, BitSet keptUnits) {
        List<BitSet> layers = new ArrayList<>();
        for (Layer layer : architecture.layers()) {
            BitSet bits = new BitSet(layer.nodes());
            for (int n = 0; n < layer.nodes(); n++) {
                int unit = layer.outputUnit(n);
                bits.set(n, unit < 0 || keptUnits.get(unit));
            }
            layers.add(bits);
        }
        return new Mask(Granularity.GRANULARITY_NODE, layers);
    }

    /** Returns a copy of a layer's bits. */
    public BitSet layer(int index) {
        return (BitSet) layers.get(index).clone();
    }

    /** Tells whether a node (granularity NODE) or weight (WEIGHT) of a layer is kept. */
    public boolean keeps(int layer, int index) {
        return layers.get(layer).get(index);
    }

    @Override
    public List<BitSet> layers() {
        return layers.stream().map(bits -> (BitSet) bits.clone()).toList();
    }

    /** The messages for an update, one per layer of the graph, in its order. */
    public List<LayerMask> toLayerMasks(Architecture architecture) {
        List<LayerMask> masks = new ArrayList<>();
        for (int l = 0; l < layers.size(); l++) {
            Layer layer = architecture.layers().get(l);
            int size = granularity == Granularity.GRANULARITY_NODE ? layer.nodes() : layer.weights();
            masks.add(MaskBits.toLayerMask(layer.name(), layers.get(l), size));
        }
        return masks;
    }
}
