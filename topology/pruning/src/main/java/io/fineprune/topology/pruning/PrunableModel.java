package io.fineprune.topology.pruning;

import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.activation.SourceModel;
import io.fineprune.topology.activation.UnitGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A source model with what scoring needs of its weights, computed once. Immutable; safe for use by several threads if the
 * weights' supplier is.
 */
public final class PrunableModel {
    private final Architecture architecture;
    private final IntFunction<float[]> weights;
    private final double[][] nodeNorms;
    private final List<Outgoing> outgoing;
    private final long[] positionsOfTap;

    /**
     * One input of a layer that disappears with a unit of an earlier one.
     *
     * @param unit the unit whose removal removes the input
     * @param tap place in the activation sums that measures the input
     * @param norm L1 norm of all weights that read the input
     */
    record Outgoing(int unit, int tap, double norm) {}

    /**
     * @param weights of a layer by its index: [kernelSize, inputs, nodes], or [kernelSize, nodes] for a depthwise layer;
     *     called for every layer now and again for each pruning of weights
     */
    public PrunableModel(Architecture architecture, IntFunction<float[]> weights) {
        this.architecture = architecture;
        this.weights = weights;
        this.nodeNorms = new double[architecture.layers().size()][];
        this.outgoing = new ArrayList<>();
        this.positionsOfTap = new long[architecture.taps()];
        for (int l = 0; l < nodeNorms.length; l++) {
            measure(l);
        }
    }

    public static PrunableModel of(SourceModel model) {
        return new PrunableModel(model.architecture(), model::weights);
    }

    public Architecture architecture() {
        return architecture;
    }

    /**
     * Weights of a layer; see the constructor.
     *
     * @throws IllegalStateException if there are not as many as the architecture says
     */
    float[] weights(int layer) {
        float[] values = weights.apply(layer);
        Layer described = architecture.layers().get(layer);
        if (values.length != described.weights()) {
            throw new IllegalStateException("Expected %d weights in layer %s of model %s, but was %d"
                    .formatted(described.weights(), described.name(), architecture.modelId(), values.length));
        }
        return values;
    }

    /** L1 norm of a node's own weights. */
    double nodeNorm(int layer, int node) {
        return nodeNorms[layer][node];
    }

    /** Every input that disappears with a unit, except those inside the unit itself. */
    List<Outgoing> outgoing() {
        return outgoing;
    }

    /** Positions per event of a tap; 0 for the model's input channels, whose number is not described. */
    long positions(int tap) {
        return positionsOfTap[tap];
    }

    /** Whether the units of a group may be removed: all its layers must allow it. */
    boolean prunable(UnitGroup group) {
        return !group.layers().isEmpty()
                && group.layers().stream()
                        .allMatch(l -> architecture.layers().get(l).prunable());
    }

    private void measure(int index) {
        Layer layer = architecture.layers().get(index);
        boolean depthwise = layer.kind() == LayerKind.DEPTHWISE;
        double[] ofNodes = new double[layer.nodes()];
        double[] ofInputs = new double[layer.inputs()];
        float[] values = weights(index);
        for (int w = 0; w < values.length; w++) {
            int node = w % layer.nodes();
            int input = depthwise ? node : w / layer.nodes() % layer.inputs();
            double magnitude = Math.abs(values[w]);
            ofNodes[node] += magnitude;
            ofInputs[input] += magnitude;
        }
        nodeNorms[index] = ofNodes;
        for (int i = 0; i < layer.inputs(); i++) {
            boolean inside = depthwise && layer.outputUnit(i) == layer.inputUnit(i);
            if (layer.inputUnit(i) >= 0 && !inside) {
                outgoing.add(new Outgoing(layer.inputUnit(i), layer.inputTap(i), ofInputs[i]));
            }
        }
        for (int n = 0; n < layer.nodes(); n++) {
            positionsOfTap[layer.firstTap() + n] = layer.positions();
        }
    }
}
