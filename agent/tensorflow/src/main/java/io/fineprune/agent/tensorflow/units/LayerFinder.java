package io.fineprune.agent.tensorflow.units;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.Operations;
import io.fineprune.agent.tensorflow.graph.Shapes;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import io.fineprune.topology.activation.LayerKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/** Recognises layers with constant weights, their bias and their activation function. */
final class LayerFinder {
    private static final int MAX_GATE_LENGTH = 6;

    private final FlatGraph graph;
    private final Shapes shapes;
    private final int batch;
    private final Map<TensorRef, List<FlatGraph.Use>> uses;

    LayerFinder(FlatGraph graph, Shapes shapes, int batch) {
        this.graph = graph;
        this.shapes = shapes;
        this.batch = batch;
        this.uses = graph.uses();
    }

    Optional<LayerNode> find(NodeDef node) {
        if (!Operations.LAYERS.contains(node.getOp())
                || !Constants.isFloat(graph.input(node, 1))
                || Constants.isConstant(graph.input(node, 0))
                || flag(node, "transpose_a")
                || flag(node, "transpose_b")
                || !shapes.known(TensorRef.of(node.getName()))) {
            return Optional.empty();
        }
        NodeDef kernel = graph.input(node, 1);
        int[] kernelShape = Constants.shape(kernel);
        Shape read = shapes.of(FlatGraph.inputRef(node, 0));
        if (read.isUnknown()
                || kernelShape.length < 2
                || read.get(read.numDimensions() - 1) != kernelShape[kernelShape.length - 2]) {
            return Optional.empty(); // a convolution of groups of channels
        }
        LayerKind kind = switch (node.getOp()) {
            case "Conv2D" -> LayerKind.CONVOLUTION;
            case "DepthwiseConv2dNative" -> LayerKind.DEPTHWISE;
            default -> LayerKind.DENSE;
        };
        TensorRef out = TensorRef.of(node.getName());
        Optional<NodeDef> bias = bias(out);
        TensorRef biased = bias.map(add -> TensorRef.of(add.getName())).orElse(out);
        Shape shape = shapes.of(out);
        long channels = shape.get(shape.numDimensions() - 1);
        return Optional.of(new LayerNode(
                node.getName(),
                kind,
                kernelShape,
                kernel.getName(),
                FlatGraph.inputRef(node, 0),
                bias.map(add -> FlatGraph.inputRef(add, 1).node()),
                bias.map(NodeDef::getName),
                activation(biased),
                Math.max(1, shape.size() / (channels * batch))));
    }

    private Optional<NodeDef> bias(TensorRef out) {
        return onlyReader(out)
                .filter(reader -> reader.getOp().equals("BiasAdd")
                        && FlatGraph.inputRef(reader, 0).equals(out)
                        && Constants.isFloat(graph.input(reader, 1)));
    }

    private Optional<NodeDef> onlyReader(TensorRef tensor) {
        List<FlatGraph.Use> readers = uses.getOrDefault(tensor, List.of());
        return readers.size() == 1 ? Optional.of(graph.node(readers.get(0).node())) : Optional.empty();
    }

    /**
     * Returns the tensor behind the one activation function that follows, x f(x) included; otherwise the tensor
     * itself.
     */
    private TensorRef activation(TensorRef tensor) {
        Optional<NodeDef> reader = onlyReader(tensor);
        if (reader.isPresent()) {
            return Operations.ACTIVATIONS.contains(reader.get().getOp())
                    ? TensorRef.of(reader.get().getName())
                    : tensor;
        }
        List<FlatGraph.Use> readers = uses.getOrDefault(tensor, List.of());
        if (readers.size() == 2) {
            for (int i = 0; i < 2; i++) {
                NodeDef product = graph.node(readers.get(i).node());
                TensorRef gate = TensorRef.of(readers.get(1 - i).node());
                if (product.getOp().equals("Mul") && reaches(gate, product)) {
                    return TensorRef.of(product.getName());
                }
            }
        }
        return tensor;
    }

    /** Whether a chain of element-wise operations leads from a tensor into a product and nowhere else. */
    private boolean reaches(TensorRef from, NodeDef product) {
        TensorRef at = from;
        for (int i = 0; i < MAX_GATE_LENGTH; i++) {
            Optional<NodeDef> reader = onlyReader(at);
            if (reader.isEmpty()) {
                return false;
            }
            if (reader.get().getName().equals(product.getName())) {
                return true;
            }
            if (!elementWise(reader.get(), at)) {
                return false;
            }
            at = TensorRef.of(reader.get().getName());
        }
        return false;
    }

    private boolean elementWise(NodeDef node, TensorRef data) {
        if (Operations.ACTIVATIONS.contains(node.getOp()) || Operations.UNARY.contains(node.getOp())) {
            return true;
        }
        if (!Operations.BINARY.contains(node.getOp())) {
            return false;
        }
        int other = FlatGraph.inputRef(node, 0).equals(data) ? 1 : 0;
        return Constants.isConstant(graph.input(node, other));
    }

    private static boolean flag(NodeDef node, String key) {
        return node.getAttrOrDefault(key, AttrValue.getDefaultInstance()).getB();
    }
}
