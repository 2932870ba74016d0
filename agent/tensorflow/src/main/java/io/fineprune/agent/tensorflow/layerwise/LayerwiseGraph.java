package io.fineprune.agent.tensorflow.layerwise;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.NodeBuilder;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import io.fineprune.agent.tensorflow.units.LayerNode;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.topology.activation.LayerKind;
import java.util.List;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Adds to a model what the repairs run: kernels and biases that can be fed, sums over a layer's pre-activations, and the sums of
 * products that a least-squares fit of a layer needs.
 */
final class LayerwiseGraph {
    private static final String PREFIX = "fineprune/layer";
    /** [rows] int32: the rows of the batch that hold events. */
    static final String ROWS = PREFIX + "/rows";
    /** [inputs] int32: kept input channels. */
    static final String INPUTS = PREFIX + "/inputs";
    /** [nodes] int32: kept nodes. */
    static final String NODES = PREFIX + "/nodes";

    private static final String FIRST_AXIS = PREFIX + "/axis/first";
    private static final String LAST_AXIS = PREFIX + "/axis/last";

    private final FlatGraph graph;

    private LayerwiseGraph(FlatGraph graph) {
        this.graph = graph;
    }

    static GraphDef of(FrozenModel model, Network network, List<LayerPlan> plans, int batch) {
        LayerwiseGraph built = new LayerwiseGraph(model.withBatch(batch));
        built.graph.add(Constants.integers(FIRST_AXIS, new int[0], 0));
        built.graph.add(Constants.integers(LAST_AXIS, new int[0], -1));
        for (String name : List.of(ROWS, INPUTS, NODES)) {
            built.graph.add(NodeBuilder.placeholder(name, DataType.DT_INT32, -1));
        }
        for (int l = 0; l < plans.size(); l++) {
            LayerNode layer = network.nodes().get(l);
            built.feedable(layer.kernel());
            layer.bias().ifPresent(built::feedable);
            built.moments(l, layer, plans.get(l));
            if (plans.get(l).refittable()) {
                built.equations(l, layer);
            }
        }
        return built.graph.toGraphDef();
    }

    /** [nodes] sum of z over rows and positions. */
    static String sum(int layer) {
        return PREFIX + layer + "/sum";
    }

    /** [nodes] sum of z squared. */
    static String squares(int layer) {
        return PREFIX + layer + "/squares";
    }

    /** Placeholder of the target's pre-activations, [batch, ..., nodes]. */
    static String target(int layer) {
        return PREFIX + layer + "/target";
    }

    /** Sums of products: of inputs with inputs, of inputs with targets, then of inputs and of targets alone. */
    static List<String> products(int layer) {
        String name = PREFIX + layer;
        return List.of(name + "/xx", name + "/xz", name + "/x", name + "/z");
    }

    /** Replaces a constant by a placeholder with the same default, so that other values can be fed. */
    private void feedable(String constant) {
        NodeDef node = graph.node(constant);
        String source = constant + "/source";
        if (graph.find(source).isPresent()) {
            return;
        }
        graph.add(node.toBuilder().setName(source).build());
        int[] shape = Constants.shape(node);
        TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
        for (int size : shape) {
            dims.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
        }
        graph.put(NodeBuilder.of("PlaceholderWithDefault", constant)
                .input(source)
                .type("dtype", DataType.DT_FLOAT)
                .attribute("shape", AttrValue.newBuilder().setShape(dims).build())
                .build());
    }

    private void moments(int l, LayerNode layer, LayerPlan plan) {
        String name = PREFIX + l;
        String rows = gather(name + "/used", plan.output().toString(), ROWS, FIRST_AXIS);
        String flat = reshape(name + "/flat", rows, -1, layer.nodes());
        sumRows(sum(l), flat);
        graph.add(NodeBuilder.ofFloat("Square", name + "/square").input(flat).build());
        sumRows(squares(l), name + "/square");
    }

    private void equations(int l, LayerNode layer) {
        String name = PREFIX + l;
        String used = gather(name + "/x/used", layer.input().toString(), ROWS, FIRST_AXIS);
        String kept = gather(name + "/x/kept", used, INPUTS, LAST_AXIS);
        graph.add(
                layer.kind() == LayerKind.DENSE
                        ? NodeBuilder.placeholder(target(l), DataType.DT_FLOAT, -1, layer.nodes())
                        : NodeBuilder.placeholder(target(l), DataType.DT_FLOAT, -1, -1, -1, layer.nodes()));
        String targetUsed = gather(name + "/z/used", target(l), ROWS, FIRST_AXIS);
        String targetKept = gather(name + "/z/kept", targetUsed, NODES, LAST_AXIS);
        List<String> outputs = products(l);
        if (layer.kind() == LayerKind.DEPTHWISE) {
            depthwise(name, layer, kept, targetKept, outputs);
            return;
        }
        String inputs = kept;
        if (layer.kind() == LayerKind.CONVOLUTION) {
            inputs = flatten(name + "/x/rows", patches(name, layer, kept));
        }
        String targets = flatten(name + "/z/rows", targetKept);
        product(outputs.get(0), inputs, inputs);
        product(outputs.get(1), inputs, targets);
        sumRows(outputs.get(2), inputs);
        sumRows(outputs.get(3), targets);
    }

    /** One small problem per node: [nodes, positions, kernelSize] against [nodes, positions, 1]. */
    private void depthwise(String name, LayerNode layer, String kept, String targetKept, List<String> outputs) {
        String unfolded = patches(name, layer, kept);
        graph.add(NodeBuilder.ofFloat("Size", name + "/x/count")
                .input(NODES)
                .type("T", DataType.DT_INT32)
                .type("out_type", DataType.DT_INT32)
                .build());
        graph.add(Constants.integers(name + "/x/open", new int[0], -1));
        graph.add(Constants.integers(name + "/x/kernel", new int[0], layer.kernelSize()));
        graph.add(NodeBuilder.ofFloat("Pack", name + "/x/shape")
                .input(name + "/x/open")
                .input(name + "/x/kernel")
                .input(name + "/x/count")
                .type("T", DataType.DT_INT32)
                .number("N", 3)
                .number("axis", 0)
                .build());
        graph.add(NodeBuilder.ofFloat("Reshape", name + "/x/split")
                .input(unfolded)
                .input(name + "/x/shape")
                .type("Tshape", DataType.DT_INT32)
                .build());
        graph.add(Constants.integers(name + "/x/order", new int[] {3}, 2, 0, 1));
        String inputs = transpose(name + "/x/rows", name + "/x/split", name + "/x/order");
        graph.add(Constants.integers(name + "/z/order", new int[] {2}, 1, 0));
        String targets = transpose(name + "/z/turned", flatten(name + "/z/rows", targetKept), name + "/z/order");
        graph.add(NodeBuilder.ofFloat("ExpandDims", name + "/z/column")
                .input(targets)
                .input(LAST_AXIS)
                .type("Tdim", DataType.DT_INT32)
                .build());
        batchProduct(outputs.get(0), inputs, inputs);
        batchProduct(outputs.get(1), inputs, name + "/z/column");
        graph.add(Constants.integers(name + "/x/middle", new int[0], 1));
        sum(outputs.get(2), inputs, name + "/x/middle");
        sum(outputs.get(3), targets, LAST_AXIS);
    }

    private String patches(String name, LayerNode layer, String kept) {
        NodeDef operation = graph.node(layer.name());
        int[] kernel = layer.kernelShape();
        NodeBuilder patches = NodeBuilder.ofFloat("ExtractImagePatches", name + "/x/patches")
                .input(kept)
                .attribute("ksizes", integers(1, kernel[0], kernel[1], 1))
                .attribute("strides", operation.getAttrOrThrow("strides"))
                .attribute("padding", operation.getAttrOrThrow("padding"));
        AttrValue dilations = operation.getAttrOrDefault("dilations", integers(1, 1, 1, 1));
        graph.add(patches.attribute("rates", dilations.getList().getICount() == 4 ? dilations : integers(1, 1, 1, 1))
                .build());
        return name + "/x/patches";
    }

    private static AttrValue integers(long... values) {
        AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
        for (long value : values) {
            list.addI(value);
        }
        return AttrValue.newBuilder().setList(list).build();
    }

    /** [rows, last dimension], whatever the number of dimensions. */
    private String flatten(String name, String input) {
        graph.add(NodeBuilder.ofFloat("Shape", name + "/shape")
                .input(input)
                .type("out_type", DataType.DT_INT32)
                .build());
        graph.add(Constants.integers(name + "/from", new int[] {1}, -1));
        graph.add(Constants.integers(name + "/to", new int[] {1}, 0));
        graph.add(Constants.integers(name + "/step", new int[] {1}, 1));
        graph.add(NodeBuilder.of("StridedSlice", name + "/width")
                .input(name + "/shape")
                .input(name + "/from")
                .input(name + "/to")
                .input(name + "/step")
                .type("T", DataType.DT_INT32)
                .type("Index", DataType.DT_INT32)
                .number("begin_mask", 0)
                .number("end_mask", 1)
                .number("ellipsis_mask", 0)
                .number("new_axis_mask", 0)
                .number("shrink_axis_mask", 0)
                .build());
        graph.add(Constants.integers(name + "/open", new int[] {1}, -1));
        graph.add(NodeBuilder.of("ConcatV2", name + "/size")
                .input(name + "/open")
                .input(name + "/width")
                .input(FIRST_AXIS)
                .type("T", DataType.DT_INT32)
                .type("Tidx", DataType.DT_INT32)
                .number("N", 2)
                .build());
        graph.add(NodeBuilder.ofFloat("Reshape", name)
                .input(input)
                .input(name + "/size")
                .type("Tshape", DataType.DT_INT32)
                .build());
        return name;
    }

    private String reshape(String name, String input, int... shape) {
        graph.add(Constants.integers(name + "/shape", new int[] {shape.length}, shape));
        graph.add(NodeBuilder.ofFloat("Reshape", name)
                .input(input)
                .input(name + "/shape")
                .type("Tshape", DataType.DT_INT32)
                .build());
        return name;
    }

    private String gather(String name, String input, String indices, String axis) {
        graph.add(NodeBuilder.of("GatherV2", name)
                .input(input)
                .input(indices)
                .input(axis)
                .type("Tparams", DataType.DT_FLOAT)
                .type("Tindices", DataType.DT_INT32)
                .type("Taxis", DataType.DT_INT32)
                .number("batch_dims", 0)
                .build());
        return name;
    }

    private String transpose(String name, String input, String order) {
        graph.add(NodeBuilder.ofFloat("Transpose", name)
                .input(input)
                .input(order)
                .type("Tperm", DataType.DT_INT32)
                .build());
        return name;
    }

    private void product(String name, String left, String right) {
        graph.add(NodeBuilder.ofFloat("MatMul", name)
                .input(left)
                .input(right)
                .flag("transpose_a", true)
                .flag("transpose_b", false)
                .build());
    }

    private void batchProduct(String name, String left, String right) {
        graph.add(NodeBuilder.ofFloat("BatchMatMulV2", name)
                .input(left)
                .input(right)
                .flag("adj_x", true)
                .flag("adj_y", false)
                .build());
    }

    private void sumRows(String name, String input) {
        sum(name, input, FIRST_AXIS);
    }

    private void sum(String name, String input, String axis) {
        graph.add(NodeBuilder.ofFloat("Sum", name)
                .input(input)
                .input(axis)
                .type("Tidx", DataType.DT_INT32)
                .flag("keep_dims", false)
                .build());
    }

    /** The last layer's input: the features. */
    static TensorRef features(Network network) {
        return network.nodes().get(network.nodes().size() - 1).input();
    }
}
