package io.fineprune.agent.tensorflow.shapes;

import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.shapes.ShapeBuilder.Tensor;
import java.util.List;

/** Imported networks of known shape with random weights; the same seed gives the same network. */
public final class NetworkShapes {
    private NetworkShapes() {}

    /** Six convolutions 32-32-64-64-128-128 on 32 x 32 x 1, dense 256, 10 classes. */
    public static FrozenModel vgg7(long seed) {
        ShapeBuilder net = new ShapeBuilder(seed, 32, 32, 1);
        Tensor at = vggBlocks(net, List.of(List.of(32, 32), List.of(64, 64), List.of(128, 128)));
        at = net.activation("Relu", net.dense(net.flatten(at), 256));
        return net.imported(net.dense(at, 10));
    }

    /**
     * Sixteen convolutions with batch norm in five blocks, as VGG-19 for small images, then dense layers.
     *
     * @param size height and width of the input, a multiple of 32
     * @param share of the original's nodes in each layer
     */
    public static FrozenModel vgg19(long seed, int size, double share) {
        ShapeBuilder net = new ShapeBuilder(seed, size, size, 3);
        int a = scaled(64, share);
        int b = scaled(128, share);
        int c = scaled(256, share);
        int d = scaled(512, share);
        Tensor at = net.input();
        for (List<Integer> block :
                List.of(List.of(a, a), List.of(b, b), List.of(c, c, c, c), List.of(d, d, d, d), List.of(d, d, d, d))) {
            for (int nodes : block) {
                at = net.activation("Relu", net.batchNorm(net.convolution(at, 3, 3, nodes, 1)));
            }
            at = net.pool(at, 2, 2, "VALID");
        }
        at = net.activation("Relu", net.dense(net.flatten(at), d));
        at = net.activation("Relu", net.dense(at, d));
        return net.imported(net.dense(at, 10));
    }

    private static Tensor vggBlocks(ShapeBuilder net, List<List<Integer>> blocks) {
        Tensor at = net.input();
        for (List<Integer> block : blocks) {
            for (int nodes : block) {
                at = net.activation("Relu", net.bias(net.convolution(at, 3, 3, nodes, 1)));
            }
            at = net.pool(at, 2, 2, "VALID");
        }
        return at;
    }

    /** MLPerf Tiny's keyword spotting: 49 x 10 x 1, 64 nodes in each layer, four depthwise separable blocks, 12 classes. */
    public static FrozenModel dsCnn(long seed) {
        ShapeBuilder net = new ShapeBuilder(seed, 49, 10, 1);
        Tensor at = net.activation("Relu", net.batchNorm(net.convolution(net.input(), 10, 4, 64, 2)));
        for (int block = 0; block < 4; block++) {
            at = net.activation("Relu", net.batchNorm(net.depthwise(at, 1)));
            at = net.activation("Relu", net.batchNorm(net.convolution(at, 1, 1, 64, 1)));
        }
        return net.imported(net.dense(net.mean(at), 12));
    }

    /**
     * MobileNetV1 with 1000 classes.
     *
     * @param size height and width of the input
     * @param share of the original's nodes in each layer
     */
    public static FrozenModel mobileNetV1(long seed, int size, double share) {
        ShapeBuilder net = new ShapeBuilder(seed, size, size, 3);
        Tensor at = relu6(net, net.convolution(net.input(), 3, 3, scaled(32, share), 2));
        int[] nodes = {64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024};
        List<Integer> halved = List.of(1, 3, 5, 11);
        for (int i = 0; i < nodes.length; i++) {
            at = relu6(net, net.depthwise(at, halved.contains(i) ? 2 : 1));
            at = relu6(net, net.convolution(at, 1, 1, scaled(nodes[i], share), 1));
        }
        return net.imported(net.dense(net.mean(at), 1000));
    }

    /**
     * MobileNetV2 with 1000 classes: inverted residuals with linear projections.
     *
     * @param size height and width of the input
     * @param share of the original's nodes in each layer
     */
    public static FrozenModel mobileNetV2(long seed, int size, double share) {
        ShapeBuilder net = new ShapeBuilder(seed, size, size, 3);
        Tensor at = relu6(net, net.convolution(net.input(), 3, 3, scaled(32, share), 2));
        int[][] stages = {
            {1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}
        };
        for (int[] stage : stages) {
            int nodes = scaled(stage[1], share);
            for (int block = 0; block < stage[2]; block++) {
                int stride = block == 0 ? stage[3] : 1;
                Tensor inner = stage[0] == 1 ? at : relu6(net, net.convolution(at, 1, 1, stage[0] * at.channels(), 1));
                inner = relu6(net, net.depthwise(inner, stride));
                Tensor out = net.batchNorm(net.convolution(inner, 1, 1, nodes, 1));
                at = stride == 1 && at.channels() == nodes ? net.add(at, out) : out;
            }
        }
        at = relu6(net, net.convolution(at, 1, 1, scaled(1280, share), 1));
        return net.imported(net.dense(net.mean(at), 1000));
    }

    /**
     * ResNet50 with 1000 classes: bottlenecks of three convolutions on four residual streams.
     *
     * @param size height and width of the input
     * @param share of the original's nodes in each layer
     */
    public static FrozenModel resNet50(long seed, int size, double share) {
        ShapeBuilder net = new ShapeBuilder(seed, size, size, 3);
        Tensor at = relu(net, net.convolution(net.input(), 7, 7, scaled(64, share), 2));
        at = net.pool(at, 3, 2, "SAME");
        int[] blocks = {3, 4, 6, 3};
        for (int stage = 0; stage < blocks.length; stage++) {
            int inner = scaled(64 << stage, share);
            for (int block = 0; block < blocks[stage]; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                Tensor out = relu(net, net.convolution(at, 1, 1, inner, 1));
                out = relu(net, net.convolution(out, 3, 3, inner, stride));
                out = net.batchNorm(net.convolution(out, 1, 1, 4 * inner, 1));
                Tensor shortcut = block == 0 ? net.batchNorm(net.convolution(at, 1, 1, 4 * inner, stride)) : at;
                at = net.activation("Relu", net.add(out, shortcut));
            }
        }
        return net.imported(net.dense(net.mean(at), 1000));
    }

    private static Tensor relu(ShapeBuilder net, Tensor layer) {
        return net.activation("Relu", net.batchNorm(layer));
    }

    private static Tensor relu6(ShapeBuilder net, Tensor layer) {
        return net.activation("Relu6", net.batchNorm(layer));
    }

    private static int scaled(int nodes, double share) {
        return Math.max(1, (int) Math.round(nodes * share));
    }
}
