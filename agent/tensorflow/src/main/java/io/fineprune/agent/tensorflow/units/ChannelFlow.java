package io.fineprune.agent.tensorflow.units;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.Operations;
import io.fineprune.agent.tensorflow.graph.Shapes;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import io.fineprune.topology.activation.LayerKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/**
 * Follows channels, the last dimension of every tensor, from the layers that make them to those that read them, and joins those
 * that an addition, product or depthwise layer ties together. What it does not understand pins the channels it touches.
 */
final class ChannelFlow {
    private static final String INPUT_REASON = "channels of the model's input";

    private final FlatGraph graph;
    private final Shapes shapes;
    private final Atoms atoms = new Atoms();
    private final Map<TensorRef, int[]> channels = new HashMap<>();
    private final Map<TensorRef, List<FlatGraph.Use>> uses;
    private final Map<String, int[]> outputsOfLayer = new HashMap<>();

    ChannelFlow(FlatGraph graph, Shapes shapes) {
        this.graph = graph;
        this.shapes = shapes;
        this.uses = graph.uses();
    }

    Atoms atoms() {
        return atoms;
    }

    /** The channels of a tensor; empty for constants. */
    int[] of(TensorRef tensor) {
        return channels.getOrDefault(tensor, new int[0]);
    }

    void forEach(BiConsumer<TensorRef, int[]> reader) {
        channels.forEach(reader);
    }

    int[] ofLayer(String layer) {
        return outputsOfLayer.getOrDefault(layer, new int[0]);
    }

    /** Processes the next node, in an order in which every node comes after those that it reads. */
    void take(NodeDef node, Optional<LayerNode> layer) {
        if (Constants.isConstant(node)) {
            return;
        }
        TensorRef out = TensorRef.of(node.getName());
        if (unstacked(node)) {
            return;
        }
        Optional<int[]> passed = node.getOp().equals("Placeholder")
                ? Optional.of(atoms.createPinned(width(out), INPUT_REASON))
                : layer.isPresent() ? Optional.of(layer(layer.get())) : pass(node, out);
        if (passed.isPresent() && passed.get().length == width(out)) {
            channels.put(out, passed.get());
        } else {
            opaque(node);
        }
    }

    private int[] layer(LayerNode layer) {
        int[] read = of(layer.input());
        int[] made = atoms.create(layer.nodes());
        if (layer.kind() == LayerKind.DEPTHWISE) {
            int multiplier = layer.nodes() / layer.inputs();
            for (int i = 0; i < made.length; i++) {
                atoms.join(read[i / multiplier], made[i]);
            }
        }
        outputsOfLayer.put(layer.name(), made);
        return made;
    }

    private Optional<int[]> pass(NodeDef node, TensorRef out) {
        String op = node.getOp();
        if (Operations.ACTIVATIONS.contains(op) || Operations.UNARY.contains(op)) {
            return Optional.of(data(node, 0));
        }
        if (op.startsWith("BiasAdd") && Constants.isConstant(graph.input(node, 1))) {
            return Optional.of(data(node, 0));
        }
        if (Operations.BINARY.contains(op) || op.equals("AddN")) {
            return elementWise(node, out);
        }
        if (Operations.SPATIAL.contains(op)) {
            return spatial(node, out);
        }
        if (Operations.RESHAPES.contains(op)) {
            return reshaped(node, out);
        }
        if (Operations.REDUCTIONS.contains(op)) {
            return reduced(node);
        }
        if (op.equals("Transpose")) {
            return transposed(node);
        }
        return op.equals("ConcatV2") ? concatenated(node, out) : Optional.empty();
    }

    private int[] data(NodeDef node, int input) {
        return of(FlatGraph.inputRef(node, input));
    }

    /** Joins the channels of all operands; constants have to be per channel or scalar. */
    private Optional<int[]> elementWise(NodeDef node, TensorRef out) {
        int width = width(out);
        int[] joined = new int[0];
        for (int i = 0; i < node.getInputCount(); i++) {
            NodeDef operand = graph.input(node, i);
            TensorRef tensor = FlatGraph.inputRef(node, i);
            if (Constants.isConstant(operand)) {
                int[] shape = Constants.shape(operand);
                if (Constants.size(shape) != 1 && (shape[shape.length - 1] != width && shape[shape.length - 1] != 1)) {
                    return Optional.empty();
                }
            } else if (of(tensor).length == width) {
                if (joined.length == 0) {
                    joined = of(tensor);
                } else {
                    atoms.join(joined, of(tensor));
                }
            } else if (of(tensor).length == 1) {
                atoms.pin(of(tensor), "its one channel spreads over all of " + node.getName());
            } else {
                return Optional.empty();
            }
        }
        return joined.length == 0 ? Optional.empty() : Optional.of(joined);
    }

    private Optional<int[]> spatial(NodeDef node, TensorRef out) {
        int[] read = data(node, 0);
        if (node.getOp().endsWith("Pad") || node.getOp().equals("PadV2")) {
            NodeDef paddings = graph.input(node, 1);
            if (!Constants.isConstant(paddings)) {
                return Optional.empty();
            }
            int[] amounts = Constants.integers(paddings);
            int before = amounts[amounts.length - 2];
            int after = amounts[amounts.length - 1];
            if (before == 0 && after == 0) {
                return Optional.of(read);
            }
            if (!node.getOp().equals("Pad")) {
                return Optional.empty();
            }
            String reason = "channels padded by " + node.getName();
            return Optional.of(IntStream.concat(
                            IntStream.concat(Arrays.stream(atoms.createPinned(before, reason)), Arrays.stream(read)),
                            Arrays.stream(atoms.createPinned(after, reason)))
                    .toArray());
        }
        return width(out) == read.length ? Optional.of(read) : Optional.empty();
    }

    /** Keeps the last dimension, flattens the last dimensions, or adds dimensions of 1. */
    private Optional<int[]> reshaped(NodeDef node, TensorRef out) {
        int[] read = data(node, 0);
        int width = width(out);
        Shape to = shapes.of(out);
        if (read.length == 0 || to.isUnknown()) {
            return Optional.empty();
        }
        if (width == read.length) {
            return Optional.of(read);
        }
        if (width > read.length && width % read.length == 0) {
            int[] tiled = new int[width];
            for (int i = 0; i < width; i++) {
                tiled[i] = read[i % read.length];
            }
            return Optional.of(tiled);
        }
        return Optional.empty();
    }

    private Optional<int[]> reduced(NodeDef node) {
        NodeDef axes = graph.input(node, 1);
        Shape shape = shapes.of(FlatGraph.inputRef(node, 0));
        if (!Constants.isConstant(axes) || shape.isUnknown()) {
            return Optional.empty();
        }
        int last = shape.numDimensions() - 1;
        boolean mixes = Arrays.stream(Constants.integers(axes)).anyMatch(axis -> axis == last || axis == -1);
        return mixes ? Optional.empty() : Optional.of(data(node, 0));
    }

    /** Time steps of a recurrent layer that was unrolled: each has the channels of the whole. */
    private boolean unstacked(NodeDef node) {
        if (!node.getOp().equals("Unpack")) {
            return false;
        }
        TensorRef read = FlatGraph.inputRef(node, 0);
        Shape shape = shapes.of(read);
        long axis =
                node.getAttrOrDefault("axis", AttrValue.getDefaultInstance()).getI();
        if (shape.isUnknown() || axis < 0 || axis == shape.numDimensions() - 1 || of(read).length != width(read)) {
            return false;
        }
        for (int i = 0; i < shape.get((int) axis); i++) {
            channels.put(new TensorRef(node.getName(), i), of(read));
        }
        return true;
    }

    private Optional<int[]> transposed(NodeDef node) {
        NodeDef order = graph.input(node, 1);
        if (!Constants.isConstant(order)) {
            return Optional.empty();
        }
        int[] dimensions = Constants.integers(order);
        int last = dimensions.length - 1;
        return last > 0 && dimensions[last] == last ? Optional.of(data(node, 0)) : Optional.empty();
    }

    private Optional<int[]> concatenated(NodeDef node, TensorRef out) {
        int count = node.getInputCount() - 1;
        NodeDef axis = graph.input(node, count);
        Shape shape = shapes.of(out);
        if (!Constants.isConstant(axis) || shape.isUnknown()) {
            return Optional.empty();
        }
        int along = Constants.integers(axis)[0];
        List<int[]> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (data(node, i).length != width(FlatGraph.inputRef(node, i))) {
                return Optional.empty();
            }
            parts.add(data(node, i));
        }
        if (along == -1 || along == shape.numDimensions() - 1) {
            return Optional.of(parts.stream().flatMapToInt(Arrays::stream).toArray());
        }
        parts.forEach(part -> atoms.join(parts.get(0), part));
        return Optional.of(parts.get(0));
    }

    /** Tells whether a Shape operation serves only to read the batch size, so that channels may still be removed. */
    private boolean asksForBatchSize(NodeDef node) {
        return node.getOp().equals("Shape")
                && uses.getOrDefault(TensorRef.of(node.getName()), List.of()).stream()
                        .map(use -> graph.node(use.node()))
                        .allMatch(reader -> reader.getOp().equals("StridedSlice")
                                && isVector(graph.input(reader, 1), 0)
                                && isVector(graph.input(reader, 2), 1));
    }

    private static boolean isVector(NodeDef node, int value) {
        return Constants.isConstant(node) && Arrays.equals(Constants.integers(node), new int[] {value});
    }

    private void opaque(NodeDef node) {
        if (asksForBatchSize(node)) {
            return;
        }
        boolean afterLayer = false;
        String reason = switch (node.getOp()) {
            case "Softmax" -> "its nodes are the classes";
            case "Conv2D" -> "read by %s, which convolves groups of channels".formatted(node.getName());
            default -> "read by %s (%s), which mixes channels".formatted(node.getName(), node.getOp());
        };
        for (String input : node.getInputList()) {
            int[] read = of(TensorRef.parse(input));
            atoms.pin(read, reason);
            afterLayer |= read.length > 0 && !atoms.pinned(read[0]).equals(Optional.of(INPUT_REASON));
        }
        String made = afterLayer
                ? "made by %s (%s), which mixes channels".formatted(node.getName(), node.getOp())
                : INPUT_REASON;
        for (int i = 0; !shapes.of(new TensorRef(node.getName(), i)).isUnknown(); i++) {
            TensorRef out = new TensorRef(node.getName(), i);
            channels.put(out, atoms.createPinned(width(out), made));
        }
    }

    /** The size of the last dimension; 0 if it is not known, or there is none. */
    private int width(TensorRef tensor) {
        Shape shape = shapes.of(tensor);
        if (shape.isUnknown() || shape.numDimensions() == 0) {
            return 0;
        }
        return Math.toIntExact(Math.max(0, shape.get(shape.numDimensions() - 1)));
    }
}
