package io.fineprune.agent.tensorflow.graph;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** Removes operations without effect at inference, and rewrites equivalent operations in one canonical form. */
final class Simplifier {
    private final FlatGraph graph;
    private final List<TensorRef> outputs;

    Simplifier(FlatGraph graph, List<TensorRef> outputs) {
        this.graph = graph;
        this.outputs = outputs;
    }

    /** Bypasses identities and placeholders that are not fed. Returns where the outputs are now. */
    List<TensorRef> dropIdentities() {
        Map<TensorRef, TensorRef> bypass = new HashMap<>();
        for (NodeDef node : graph.nodes()) {
            if (Operations.IDENTITIES.contains(node.getOp()) || node.getOp().equals("PlaceholderWithDefault")) {
                bypass.put(TensorRef.of(node.getName()), FlatGraph.inputRef(node, 0));
            } else if (node.getOp().equals("IdentityN")) {
                for (int i = 0; i < node.getInputCount() && !node.getInput(i).startsWith("^"); i++) {
                    bypass.put(new TensorRef(node.getName(), i), FlatGraph.inputRef(node, i));
                }
            }
        }
        graph.redirect(bypass);
        return outputs.stream().map(output -> FlatGraph.follow(output, bypass)).toList();
    }

    /** Bypasses dropout that keeps everything, x * 1, x / 1, x + 0 and x - 0. */
    void dropNeutral() {
        for (NodeDef node : graph.ordered(outputs)) {
            if (node.getOp().equals("Floor")) {
                Optional<RandomRange> range =
                        RandomRange.of(graph, FlatGraph.inputRef(node, 0).node(), 0);
                if (range.isPresent() && range.get().floor().isPresent()) {
                    graph.put(Constants.floats(node.getName(), new int[0], new float[] {
                        range.get().floor().get()
                    }));
                }
            }
        }
        Map<TensorRef, TensorRef> bypass = new HashMap<>();
        for (NodeDef node : graph.ordered(outputs)) {
            neutral(node).ifPresent(input -> bypass.put(TensorRef.of(node.getName()), FlatGraph.inputRef(node, input)));
        }
        outputs.forEach(bypass::remove);
        graph.redirect(bypass);
        graph.prune(outputs);
        for (NodeDef node : graph.nodes()) {
            if (Operations.RANDOM.contains(node.getOp())) {
                throw UnsupportedModelException.operation(
                        node.getOp(), node.getName(), "its output is random; export the model for inference");
            }
        }
    }

    private Optional<Integer> neutral(NodeDef node) {
        double neutral;
        boolean commutes;
        switch (node.getOp()) {
            case "Mul" -> {
                neutral = 1;
                commutes = true;
            }
            case "Add", "AddV2" -> {
                neutral = 0;
                commutes = true;
            }
            case "RealDiv", "Div" -> {
                neutral = 1;
                commutes = false;
            }
            case "Sub" -> {
                neutral = 0;
                commutes = false;
            }
            default -> {
                return Optional.empty();
            }
        }
        if (isScalar(graph.input(node, 1), neutral)) {
            return Optional.of(0);
        }
        return commutes && isScalar(graph.input(node, 0), neutral) ? Optional.of(1) : Optional.empty();
    }

    private static boolean isScalar(NodeDef node, double value) {
        return Constants.isFloat(node) && Constants.shape(node).length == 0 && Constants.floats(node)[0] == value;
    }

    /** Gives reshapes whose shape is computed from the batch size a constant one. */
    void fixReshapes() {
        boolean computed = graph.nodes().stream()
                .anyMatch(node -> node.getOp().equals("Reshape") && !Constants.isConstant(graph.input(node, 1)));
        if (!computed) {
            return;
        }
        Shapes shapes = Shapes.of(graph);
        for (NodeDef node : graph.nodes()) {
            if (node.getOp().equals("Reshape") && !Constants.isConstant(graph.input(node, 1))) {
                Shape shape = shapes.of(TensorRef.of(node.getName()));
                if (openDimensions(shape) > 1) {
                    shape = ofTwoBatches(TensorRef.of(node.getName()));
                }
                if (openDimensions(shape) > 1) {
                    throw UnsupportedModelException.operation(
                            node.getOp(),
                            node.getName(),
                            "its shape is computed at run time; export with fixed shapes");
                }
                int[] fixed = Arrays.stream(shape.asArray())
                        .mapToInt(Math::toIntExact)
                        .toArray();
                NodeDef constant =
                        Constants.integers(graph.freeName(node.getName() + "/shape"), new int[] {fixed.length}, fixed);
                graph.add(constant);
                graph.put(node.toBuilder()
                        .setInput(1, constant.getName())
                        .putAttr(
                                "Tshape",
                                org.tensorflow.proto.AttrValue.newBuilder()
                                        .setType(DataType.DT_INT32)
                                        .build())
                        .build());
            }
        }
        graph.prune(outputs);
    }

    private static long openDimensions(Shape shape) {
        return shape.isUnknown()
                ? 2
                : Arrays.stream(shape.asArray()).filter(d -> d < 0).count();
    }

    /**
     * Infers a shape from batches of 2 and 3, where TensorFlow cannot infer it for an open batch; dimensions that
     * differ are open.
     */
    private Shape ofTwoBatches(TensorRef tensor) {
        Shape two = withBatch(2).of(tensor);
        Shape three = withBatch(3).of(tensor);
        if (two.isUnknown()
                || three.isUnknown()
                || two.hasUnknownDimension()
                || three.hasUnknownDimension()
                || two.numDimensions() != three.numDimensions()) {
            return Shape.unknown();
        }
        long[] dimensions = new long[two.numDimensions()];
        for (int d = 0; d < dimensions.length; d++) {
            dimensions[d] = two.get(d) == three.get(d) ? two.get(d) : -1;
        }
        return Shape.of(dimensions);
    }

    private Shapes withBatch(int batch) {
        FlatGraph fixed = FlatGraph.of(graph.toGraphDef());
        for (NodeDef node : graph.nodes()) {
            Shape shape = node.getOp().equals("Placeholder")
                    ? Shapes.of(graph).of(TensorRef.of(node.getName()))
                    : Shape.unknown();
            if (!shape.isUnknown() && shape.numDimensions() > 0 && shape.get(0) < 0) {
                long[] dimensions = shape.asArray();
                dimensions[0] = batch;
                fixed.put(NodeBuilder.placeholder(
                        node.getName(), node.getAttrOrThrow("dtype").getType(), dimensions));
            }
        }
        return Shapes.of(fixed);
    }

    /** Writes batch norm that could not be folded, and depthwise layers of one channel, with plain operations. */
    void rewrite() {
        Shapes shapes = Shapes.of(graph);
        for (NodeDef node : graph.nodes()) {
            if (Operations.BATCH_NORMS.contains(node.getOp())) {
                plainBatchNorm(node, shapes);
            } else if (node.getOp().equals("DepthwiseConv2dNative")
                    && Constants.isFloat(graph.input(node, 1))
                    && Constants.shape(graph.input(node, 1))[2] == 1) {
                graph.put(node.toBuilder().setOp("Conv2D").build());
            } else if (node.getOp().equals("MatMul")
                    && AffineStep.flag(node, "transpose_b")
                    && Constants.isFloat(graph.input(node, 1))) {
                transposed(node);
            }
        }
        graph.prune(outputs);
    }

    private void transposed(NodeDef node) {
        NodeDef kernel = graph.input(node, 1);
        int[] shape = Constants.shape(kernel);
        float[] from = Constants.floats(kernel);
        float[] to = new float[from.length];
        for (int i = 0; i < shape[0]; i++) {
            for (int j = 0; j < shape[1]; j++) {
                to[j * shape[0] + i] = from[i * shape[1] + j];
            }
        }
        NodeDef constant =
                Constants.floats(graph.freeName(node.getName() + "/kernel"), new int[] {shape[1], shape[0]}, to);
        graph.add(constant);
        graph.put(NodeBuilder.ofFloat("MatMul", node.getName())
                .input(node.getInput(0))
                .input(constant.getName())
                .flag("transpose_a", AffineStep.flag(node, "transpose_a"))
                .flag("transpose_b", false)
                .build());
    }

    private void plainBatchNorm(NodeDef node, Shapes shapes) {
        Shape shape = shapes.of(TensorRef.of(node.getName()));
        long channels = shape.isUnknown() ? -1 : shape.get(shape.numDimensions() - 1);
        Optional<AffineStep> step =
                channels < 1 ? Optional.empty() : AffineStep.of(graph, node, 0, Math.toIntExact(channels));
        if (step.isEmpty()) {
            throw UnsupportedModelException.operation(
                    node.getOp(), node.getName(), "its statistics are not constants; export the model for inference");
        }
        float[] scale = new float[Math.toIntExact(channels)];
        float[] shift = new float[scale.length];
        for (int c = 0; c < scale.length; c++) {
            scale[c] = (float) step.get().scale(c);
            shift[c] = (float) step.get().shift(c);
        }
        String name = node.getName();
        NodeDef scales = Constants.floats(graph.freeName(name + "/scale"), new int[] {scale.length}, scale);
        graph.add(scales);
        NodeDef shifts = Constants.floats(graph.freeName(name + "/shift"), new int[] {scale.length}, shift);
        graph.add(shifts);
        NodeDef scaled = NodeBuilder.ofFloat("Mul", graph.freeName(name + "/scaled"))
                .input(node.getInput(0))
                .input(scales.getName())
                .build();
        graph.add(scaled);
        graph.put(NodeBuilder.ofFloat("AddV2", name)
                .input(scaled.getName())
                .input(shifts.getName())
                .build());
    }
}
