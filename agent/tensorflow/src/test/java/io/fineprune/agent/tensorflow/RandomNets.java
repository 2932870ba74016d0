package io.fineprune.agent.tensorflow;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.GraphImporter;
import io.fineprune.agent.tensorflow.graph.NodeBuilder;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.tensorflow.proto.DataType;

/** Builds networks with random weights for tests; every method that adds something returns its name. */
public final class RandomNets {
    private final FlatGraph graph = new FlatGraph();
    private final SplittableRandom random;
    private int next;

    public RandomNets(long seed, long... inputShape) {
        random = new SplittableRandom(seed);
        long[] shape = new long[inputShape.length + 1];
        shape[0] = -1;
        System.arraycopy(inputShape, 0, shape, 1, inputShape.length);
        graph.add(NodeBuilder.placeholder("input", DataType.DT_FLOAT, shape));
    }

    private String name(String op) {
        return op + next++;
    }

    public String constant(double deviation, double mean, int... shape) {
        float[] values = new float[Constants.size(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (mean + deviation * (2 * random.nextDouble() - 1));
        }
        String name = name("constant");
        graph.add(Constants.floats(name, shape, values));
        return name;
    }

    public String integers(int... values) {
        String name = name("integers");
        graph.add(Constants.integers(name, new int[] {values.length}, values));
        return name;
    }

    public String convolution(String input, int size, int inputs, int nodes, int stride) {
        return convolution(input, size, inputs, nodes, stride, "SAME");
    }

    public String convolution(String input, int size, int inputs, int nodes, int stride, String padding) {
        String kernel = constant(Math.sqrt(6.0 / (size * size * inputs)), 0, size, size, inputs, nodes);
        String name = name("conv");
        graph.add(NodeBuilder.ofFloat("Conv2D", name)
                .input(input)
                .input(kernel)
                .numbers("strides", 1, stride, stride, 1)
                .text("padding", padding)
                .build());
        return bias(name, nodes);
    }

    public String depthwise(String input, int size, int inputs, int multiplier, int stride) {
        String kernel = constant(Math.sqrt(6.0 / (size * size)), 0, size, size, inputs, multiplier);
        String name = name("depthwise");
        graph.add(NodeBuilder.ofFloat("DepthwiseConv2dNative", name)
                .input(input)
                .input(kernel)
                .numbers("strides", 1, stride, stride, 1)
                .text("padding", "SAME")
                .build());
        return bias(name, inputs * multiplier);
    }

    public String dense(String input, int inputs, int nodes) {
        String kernel = constant(Math.sqrt(6.0 / inputs), 0, inputs, nodes);
        String name = name("dense");
        graph.add(NodeBuilder.ofFloat("MatMul", name).input(input).input(kernel).build());
        return bias(name, nodes);
    }

    /** A product with weights that others may share. */
    public String product(String input, String kernel) {
        String name = name("product");
        graph.add(NodeBuilder.ofFloat("MatMul", name).input(input).input(kernel).build());
        return name;
    }

    public String bias(String input, int nodes) {
        String name = name("bias");
        graph.add(NodeBuilder.ofFloat("BiasAdd", name)
                .input(input)
                .input(constant(0.3, 0.05, nodes))
                .build());
        return name;
    }

    public String batchNorm(String input, int channels) {
        String name = name("norm");
        graph.add(NodeBuilder.ofFloat("FusedBatchNormV3", name)
                .input(input)
                .input(constant(0.5, 1, channels))
                .input(constant(0.5, 0.1, channels))
                .input(constant(0.5, 0, channels))
                .input(constant(0.4, 1, channels))
                .type("U", DataType.DT_FLOAT)
                .flag("is_training", false)
                .real("epsilon", 1e-3f)
                .build());
        return name;
    }

    public String unary(String op, String input) {
        String name = name(op);
        graph.add(NodeBuilder.ofFloat(op, name).input(input).build());
        return name;
    }

    public String relu(String input) {
        return unary("Relu", input);
    }

    public String binary(String op, String first, String second) {
        String name = name(op);
        graph.add(NodeBuilder.ofFloat(op, name).input(first).input(second).build());
        return name;
    }

    public String concat(String... inputs) {
        String name = name("concat");
        String axis = name("axis");
        graph.add(Constants.integers(axis, new int[0], 3));
        NodeBuilder node = NodeBuilder.ofFloat("ConcatV2", name);
        Arrays.stream(inputs).forEach(node::input);
        graph.add(node.input(axis)
                .number("N", inputs.length)
                .type("Tidx", DataType.DT_INT32)
                .build());
        return name;
    }

    public String pool(String op, String input) {
        String name = name(op);
        graph.add(NodeBuilder.ofFloat(op, name)
                .input(input)
                .numbers("ksize", 1, 2, 2, 1)
                .numbers("strides", 1, 2, 2, 1)
                .text("padding", "VALID")
                .build());
        return name;
    }

    public String mean(String input, boolean keepDims) {
        String name = name("mean");
        graph.add(NodeBuilder.ofFloat("Mean", name)
                .input(input)
                .input(integers(1, 2))
                .type("Tidx", DataType.DT_INT32)
                .flag("keep_dims", keepDims)
                .build());
        return name;
    }

    public String reshape(String input, int... shape) {
        String name = name("reshape");
        graph.add(NodeBuilder.ofFloat("Reshape", name)
                .input(input)
                .input(integers(shape))
                .type("Tshape", DataType.DT_INT32)
                .build());
        return name;
    }

    public String pad(String input, int amount) {
        String name = name("pad");
        String paddings = name("paddings");
        graph.add(Constants.integers(paddings, new int[] {4, 2}, 0, 0, amount, amount, amount, amount, 0, 0));
        graph.add(NodeBuilder.ofFloat("Pad", name)
                .input(input)
                .input(paddings)
                .type("Tpaddings", DataType.DT_INT32)
                .build());
        return name;
    }

    /** Cuts positions into 2 x 2 events or puts them together again; without paddings or crops. */
    public String batched(String op, String input, String borders) {
        String block = integers(2, 2);
        String none = name(borders);
        graph.add(Constants.integers(none, new int[] {2, 2}, new int[4]));
        String name = name(op);
        graph.add(NodeBuilder.ofFloat(op, name)
                .input(input)
                .input(block)
                .input(none)
                .build());
        return name;
    }

    public String transpose(String input, int... order) {
        String name = name("transpose");
        graph.add(NodeBuilder.ofFloat("Transpose", name)
                .input(input)
                .input(integers(order))
                .type("Tperm", DataType.DT_INT32)
                .build());
        return name;
    }

    /** The parts are {@code name}, {@code name:1} and so on. */
    public String unstack(String input, int axis, int parts) {
        String name = name("unstack");
        graph.add(NodeBuilder.ofFloat("Unpack", name)
                .input(input)
                .number("axis", axis)
                .number("num", parts)
                .build());
        return name;
    }

    public FlatGraph graph() {
        return graph;
    }

    /** The import of the network that ends at a tensor of logits. */
    public FrozenModel imported(String logits) {
        return GraphImporter.load(graph.toGraphDef(), TensorRef.of("input"), TensorRef.of(logits));
    }
}
