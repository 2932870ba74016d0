package io.fineprune.topology.repair;

import io.fineprune.schemas.v1.Granularity;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.SparsityReport;
import java.util.BitSet;
import java.util.stream.IntStream;

/** The parameters of each layer under a mask, and the indices that are kept. Immutable. */
public final class MaskedLayers {
    private final Architecture architecture;
    private final Mask mask;
    private final BitSet keptUnits;

    public MaskedLayers(Architecture architecture, Mask mask) {
        this.architecture = architecture;
        this.mask = mask;
        this.keptUnits = SparsityReport.keptUnits(architecture, mask);
    }

    public Mask mask() {
        return mask;
    }

    /** A layer's parameters with zeros for what the mask removes, removed inputs included. */
    public LayerParameters parameters(int index, LayerParameters source) {
        Layer layer = architecture.layers().get(index);
        float[] weights = source.weights().clone();
        float[] biases = source.biases().clone();
        boolean byWeight = mask.granularity() == Granularity.GRANULARITY_WEIGHT;
        for (int i = 0; i < weights.length; i++) {
            boolean keeps = byWeight ? mask.keeps(index, i) : keepsEdge(layer, i);
            if (!keeps) {
                weights[i] = 0;
            }
        }
        for (int n = 0; n < biases.length; n++) {
            if (removed(layer.outputUnit(n))) {
                biases[n] = 0;
            }
        }
        return new LayerParameters(weights, biases);
    }

    /** Returns the kept nodes of a layer in ascending order. */
    public int[] nodes(int index) {
        Layer layer = architecture.layers().get(index);
        return IntStream.range(0, layer.nodes())
                .filter(n -> !removed(layer.outputUnit(n)))
                .toArray();
    }

    /** Returns the kept inputs of a layer in ascending order. */
    public int[] inputs(int index) {
        Layer layer = architecture.layers().get(index);
        return IntStream.range(0, layer.inputs())
                .filter(i -> !removed(layer.inputUnit(i)))
                .toArray();
    }

    /** Where the weights that stay are among all: [kernelSize, kept inputs, kept nodes], or [kernelSize, kept nodes]. */
    public int[] weights(int index) {
        Layer layer = architecture.layers().get(index);
        return IntStream.range(0, layer.weights())
                .filter(i -> keepsEdge(layer, i))
                .toArray();
    }

    private boolean keepsEdge(Layer layer, int weight) {
        int node = weight % layer.nodes();
        if (removed(layer.outputUnit(node))) {
            return false;
        }
        return layer.kind() == LayerKind.DEPTHWISE
                || !removed(layer.inputUnit(weight / layer.nodes() % layer.inputs()));
    }

    private boolean removed(int unit) {
        return unit >= 0 && !keptUnits.get(unit);
    }
}
