package io.fineprune.agent.tensorflow.shapes;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.GraphImporter;
import io.fineprune.agent.tensorflow.graph.NodeBuilder;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import java.util.SplittableRandom;
import org.tensorflow.proto.DataType;

/** Builds a graph layer by layer, keeping count of dimensions. Weights are such that activations keep their size. */
final class ShapeBuilder {
    private static final String INPUT = "input";

    private final FlatGraph graph = new FlatGraph();
    private final SplittableRandom random;
    private final int height;
    private final int width;
    private final int channels;
    private int next;

    /** A tensor [batch, height, width, channels], or [batch, channels] where height and width are 0. */
    record Tensor(String name, int height, int width, int channels) {}

    ShapeBuilder(long seed, int height, int width, int channels) {
        this.random = new SplittableRandom(seed);
        this.height = height;
        this.width = width;
        this.channels = channels;
        graph.add(NodeBuilder.placeholder(INPUT, DataType.DT_FLOAT, -1, height, width, channels));
    }

    Tensor input() {
        return new Tensor(INPUT, height, width, channels);
    }

    private String name(String kind) {
        return kind + next++;
    }

    private String constant(double deviation, double mean, int... shape) {
        float[] values = new float[Constants.size(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (mean + deviation * (2 * random.nextDouble() - 1));
        }
        String name = name("constant");
        graph.add(Constants.floats(name, shape, values));
        return name;
    }

    Tensor convolution(Tensor in, int kernelHeight, int kernelWidth, int nodes, int stride) {
        double deviation = Math.sqrt(6.0 / (kernelHeight * kernelWidth * in.channels));
        String kernel = constant(deviation, 0, kernelHeight, kernelWidth, in.channels, nodes);
        return spatial("Conv2D", in, kernel, nodes, stride);
    }

    Tensor depthwise(Tensor in, int stride) {
        return spatial(
                "DepthwiseConv2dNative",
                in,
                constant(Math.sqrt(6.0 / 9), 0, 3, 3, in.channels, 1),
                in.channels,
                stride);
    }

    private Tensor spatial(String op, Tensor in, String kernel, int nodes, int stride) {
        String name = name("layer");
        graph.add(NodeBuilder.ofFloat(op, name)
                .input(in.name)
                .input(kernel)
                .numbers("strides", 1, stride, stride, 1)
                .text("padding", "SAME")
                .build());
        return new Tensor(name, (in.height + stride - 1) / stride, (in.width + stride - 1) / stride, nodes);
    }

    Tensor batchNorm(Tensor in) {
        String name = name("norm");
        graph.add(NodeBuilder.ofFloat("FusedBatchNormV3", name)
                .input(in.name)
                .input(constant(0.3, 1, in.channels))
                .input(constant(0.2, 0.05, in.channels))
                .input(constant(0.2, 0, in.channels))
                .input(constant(0.3, 1, in.channels))
                .type("U", DataType.DT_FLOAT)
                .flag("is_training", false)
                .real("epsilon", 1e-3f)
                .build());
        return new Tensor(name, in.height, in.width, in.channels);
    }

    Tensor bias(Tensor in) {
        String name = name("bias");
        graph.add(NodeBuilder.ofFloat("BiasAdd", name)
                .input(in.name)
                .input(constant(0.1, 0.02, in.channels))
                .build());
        return new Tensor(name, in.height, in.width, in.channels);
    }

    Tensor activation(String op, Tensor in) {
        String name = name(op);
        graph.add(NodeBuilder.ofFloat(op, name).input(in.name).build());
        return new Tensor(name, in.height, in.width, in.channels);
    }

    Tensor add(Tensor a, Tensor b) {
        String name = name("sum");
        graph.add(NodeBuilder.ofFloat("AddV2", name).input(a.name).input(b.name).build());
        return new Tensor(name, a.height, a.width, a.channels);
    }

    Tensor pool(Tensor in, int size, int stride, String padding) {
        String name = name("pool");
        graph.add(NodeBuilder.ofFloat("MaxPool", name)
                .input(in.name)
                .numbers("ksize", 1, size, size, 1)
                .numbers("strides", 1, stride, stride, 1)
                .text("padding", padding)
                .build());
        boolean same = padding.equals("SAME");
        int newHeight = same ? (in.height + stride - 1) / stride : (in.height - size) / stride + 1;
        int newWidth = same ? (in.width + stride - 1) / stride : (in.width - size) / stride + 1;
        return new Tensor(name, newHeight, newWidth, in.channels);
    }

    /** The mean over height and width: [batch, channels]. */
    Tensor mean(Tensor in) {
        String axes = name("axes");
        String name = name("mean");
        graph.add(Constants.integers(axes, new int[] {2}, 1, 2));
        graph.add(NodeBuilder.ofFloat("Mean", name)
                .input(in.name)
                .input(axes)
                .type("Tidx", DataType.DT_INT32)
                .flag("keep_dims", false)
                .build());
        return new Tensor(name, 0, 0, in.channels);
    }

    Tensor flatten(Tensor in) {
        int size = in.height * in.width * in.channels;
        String shape = name("shape");
        String name = name("flat");
        graph.add(Constants.integers(shape, new int[] {2}, -1, size));
        graph.add(NodeBuilder.ofFloat("Reshape", name)
                .input(in.name)
                .input(shape)
                .type("Tshape", DataType.DT_INT32)
                .build());
        return new Tensor(name, 0, 0, size);
    }

    Tensor dense(Tensor in, int nodes) {
        String kernel = constant(Math.sqrt(6.0 / in.channels), 0, in.channels, nodes);
        String name = name("dense");
        graph.add(
                NodeBuilder.ofFloat("MatMul", name).input(in.name).input(kernel).build());
        return bias(new Tensor(name, 0, 0, nodes));
    }

    /** The graph as it comes out of an import: batch norm folded. */
    FrozenModel imported(Tensor logits) {
        return GraphImporter.load(graph.toGraphDef(), TensorRef.of(INPUT), TensorRef.of(logits.name));
    }
}
