package io.fineprune.agent.tensorflow.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;

/**
 * Folds what follows a layer and multiplies or adds a constant per channel (bias, batch norm in any spelling, scales) into the
 * layer's weights and one BiasAdd: with y = s (W x) + t, W' = s W and b = t. Done in double precision.
 */
final class AffineFolder {
    private final FlatGraph graph;
    private final List<TensorRef> outputs;
    private final Shapes shapes;

    private AffineFolder(FlatGraph graph, List<TensorRef> outputs) {
        this.graph = graph;
        this.outputs = outputs;
        this.shapes = Shapes.of(graph);
    }

    /** Folds behind every layer; the outputs keep their values and names. */
    static void fold(FlatGraph graph, List<TensorRef> outputs) {
        AffineFolder folder = new AffineFolder(graph, outputs);
        for (NodeDef node : graph.ordered(outputs)) {
            if (Operations.LAYERS.contains(node.getOp()) && Constants.isFloat(graph.input(node, 1))) {
                folder.foldBehind(node);
            }
        }
        graph.prune(outputs);
    }

    private void foldBehind(NodeDef layer) {
        int[] kernelShape = Constants.shape(graph.input(layer, 1));
        boolean depthwise = layer.getOp().equals("DepthwiseConv2dNative");
        if (kernelShape.length < 2 || AffineStep.flag(layer, "transpose_b")) {
            return;
        }
        int last = kernelShape[kernelShape.length - 1];
        int channels = depthwise ? last * kernelShape[kernelShape.length - 2] : last;
        Map<TensorRef, List<FlatGraph.Use>> uses = graph.uses();
        double[] scale = new double[channels];
        double[] shift = new double[channels];
        Arrays.fill(scale, 1);
        Map<TensorRef, TensorRef> bypass = new HashMap<>();
        boolean scaled = false;
        boolean shifted = false;
        TensorRef at = TensorRef.of(layer.getName());
        List<NodeDef> chain = new ArrayList<>();
        while (!outputs.contains(at)) {
            List<FlatGraph.Use> readers = uses.getOrDefault(at, List.of());
            if (readers.size() != 1) {
                break;
            }
            NodeDef reader = graph.node(readers.get(0).node());
            if (keepsChannels(reader, channels)) {
                at = TensorRef.of(reader.getName());
                continue;
            }
            Optional<AffineStep> step =
                    AffineStep.of(graph, reader, readers.get(0).input(), channels);
            if (step.isEmpty() || step.get().otherIsWider(shapes, at)) {
                break;
            }
            for (int c = 0; c < channels; c++) {
                scale[c] *= step.get().scale(c);
                shift[c] = shift[c] * step.get().scale(c) + step.get().shift(c);
            }
            scaled |= step.get().scales();
            shifted |= step.get().shifts();
            bypass.put(
                    TensorRef.of(reader.getName()),
                    FlatGraph.inputRef(reader, readers.get(0).input()));
            chain.add(reader);
            at = TensorRef.of(reader.getName());
        }
        boolean already = chain.size() == 1
                && chain.get(0).getOp().equals("BiasAdd")
                && FlatGraph.inputRef(chain.get(0), 0).equals(TensorRef.of(layer.getName()));
        if (chain.isEmpty()
                || already
                || chain.stream().anyMatch(node -> outputs.contains(TensorRef.of(node.getName())))) {
            return;
        }
        apply(layer, kernelShape, scaled ? scale : null, shifted ? shift : null, bypass);
    }

    /** Reshapes after a convolution that leave its channels the last dimension. */
    private boolean keepsChannels(NodeDef reader, int channels) {
        if (!reader.getOp().equals("Squeeze") && !reader.getOp().equals("Reshape")) {
            return false;
        }
        var shape = shapes.of(TensorRef.of(reader.getName()));
        return !shape.isUnknown()
                && shape.numDimensions() > 1
                && shape.get(shape.numDimensions() - 1) == channels
                && channels > 1;
    }

    private void apply(
            NodeDef layer,
            int[] kernelShape,
            double @org.jspecify.annotations.Nullable [] scale,
            double @org.jspecify.annotations.Nullable [] shift,
            Map<TensorRef, TensorRef> bypass) {
        String name = layer.getName();
        TensorRef out = TensorRef.of(name);
        graph.redirect(bypass);
        if (scale != null) {
            float[] kernel = Constants.floats(graph.input(layer, 1));
            for (int i = 0; i < kernel.length; i++) {
                kernel[i] = (float) (kernel[i] * scale[i % scale.length]);
            }
            NodeDef folded = Constants.floats(graph.freeName(name + "/kernel"), kernelShape, kernel);
            graph.add(folded);
            graph.put(graph.node(name).toBuilder().setInput(1, folded.getName()).build());
        }
        if (shift != null) {
            float[] bias = new float[shift.length];
            for (int c = 0; c < bias.length; c++) {
                bias[c] = (float) shift[c];
            }
            NodeDef constant = Constants.floats(graph.freeName(name + "/bias"), new int[] {bias.length}, bias);
            graph.add(constant);
            NodeDef add = NodeBuilder.ofFloat("BiasAdd", graph.freeName(name + "/BiasAdd"))
                    .input(name)
                    .input(constant.getName())
                    .build();
            graph.redirect(Map.of(out, TensorRef.of(add.getName())));
            graph.add(add);
        }
    }
}
