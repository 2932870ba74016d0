package io.fineprune.agent.tensorflow.compact;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.NodeBuilder;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import io.fineprune.agent.tensorflow.units.LayerNode;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.repair.InputScaling;
import java.util.List;
import java.util.Map;

/**
 * Brings an affine on the input's bands into a graph. Where every reader of the input is a dense layer, or a convolution without
 * padding whose channels the bands are, it folds into their weights and biases and costs nothing. A kernel that slides along the
 * bands has one weight for several of them, and padding would have to be shifted too: there a product and a sum with constants
 * stand in front.
 */
final class NormalisedInput {
    private final FrozenModel model;
    private final float[] scale;
    private final float[] shift;
    private final boolean folds;

    /** @throws IllegalArgumentException if the model's input does not consist of so many bands */
    NormalisedInput(FrozenModel model, Network network, FlatGraph graph, InputScaling input) {
        this.model = model;
        this.scale = input.bands().scale();
        this.shift = input.bands().shift();
        if (model.inputSize() == 0 || model.inputSize() % scale.length != 0) {
            throw new IllegalArgumentException("Expected bands that divide the %d numbers of the input, but was %d"
                    .formatted(model.inputSize(), scale.length));
        }
        List<LayerNode> readers = network.nodes().stream()
                .filter(layer -> layer.input().equals(model.input()))
                .toList();
        this.folds = readers.stream().allMatch(layer -> foldsInto(layer, graph))
                && readers.size()
                        == graph.uses().getOrDefault(model.input(), List.of()).size();
    }

    private boolean foldsInto(LayerNode layer, FlatGraph graph) {
        boolean whole = layer.kind() == LayerKind.DENSE
                || (layer.kind() == LayerKind.CONVOLUTION
                        && graph.node(layer.name())
                                .getAttrOrThrow("padding")
                                .getS()
                                .toStringUtf8()
                                .equals("VALID"));
        return whole && layer.inputs() % scale.length == 0;
    }

    /**
     * Folds the affine into a layer's weights and biases in place, if the layer reads the input and the affine can be
     * folded.
     */
    void fold(LayerNode layer, float[] weights, float[] biases) {
        if (!folds || !layer.input().equals(model.input())) {
            return;
        }
        double[] sums = new double[biases.length];
        for (int i = 0; i < weights.length; i++) {
            int band = i / biases.length % layer.inputs() % scale.length;
            sums[i % biases.length] += (double) weights[i] * shift[band];
            weights[i] *= scale[band];
        }
        for (int n = 0; n < biases.length; n++) {
            biases[n] += (float) sums[n];
        }
    }

    /** Adds a product and a sum in front of the graph, if some reader of the input cannot fold the affine. */
    void before(FlatGraph graph) {
        if (folds) {
            return;
        }
        String product = graph.freeName(model.input().node() + "/scaled");
        String sum = graph.freeName(model.input().node() + "/normalised");
        graph.redirect(Map.of(model.input(), TensorRef.of(sum)));
        graph.add(constant(product + "/scale", scale));
        graph.add(constant(sum + "/shift", shift));
        graph.add(NodeBuilder.ofFloat("Mul", product)
                .input(model.input().toString())
                .input(product + "/scale")
                .build());
        graph.add(NodeBuilder.ofFloat("AddV2", sum)
                .input(product)
                .input(sum + "/shift")
                .build());
    }

    private org.tensorflow.proto.NodeDef constant(String name, float[] bands) {
        float[] values = new float[model.inputSize()];
        for (int i = 0; i < values.length; i++) {
            values[i] = bands[i % bands.length];
        }
        return Constants.floats(name, model.inputShape(), values);
    }
}
