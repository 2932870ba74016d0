package io.fineprune.agent.tensorflow;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.preprocessing.FeatureSpec;
import io.fineprune.agent.tensorflow.compact.MaskedGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.train.FineTuner;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.repair.LayerParameters;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Small networks of MobileNetV2's shape, trained in Java, for tests that need weights which mean something. */
public final class MobileNets {
    private MobileNets() {}

    /** Expansion, nodes, stride. */
    private static final int[][] BLOCKS = {{4, 12, 2}, {4, 12, 1}, {4, 20, 2}, {4, 20, 1}, {4, 20, 1}};

    private static final int STEM = 12;
    private static final int FEATURES = 96;

    /** Inverted residuals with linear projections on images of one channel; random weights. */
    public static FrozenModel untrained(long seed, int height, int width, int classes) {
        RandomNets net = new RandomNets(seed, height, width, 1);
        String at = net.unary("Relu6", net.convolution("input", 3, 1, STEM, 2));
        int nodes = STEM;
        for (int[] block : BLOCKS) {
            int inner = block[0] * nodes;
            String b = net.unary("Relu6", net.convolution(at, 1, nodes, inner, 1));
            b = net.unary("Relu6", net.depthwise(b, 3, inner, 1, block[2]));
            b = net.convolution(b, 1, inner, block[1], 1);
            at = block[2] == 1 && nodes == block[1] ? net.binary("AddV2", at, b) : b;
            nodes = block[1];
        }
        at = net.unary("Relu6", net.convolution(at, 1, nodes, FEATURES, 1));
        return net.imported(net.dense(net.mean(at, false), FEATURES, classes));
    }

    public static ModelDescriptor descriptor(int classes) {
        return ModelDescriptor.of(
                "mobile",
                new FeatureSpec(),
                IntStream.range(0, classes).mapToObj(Integer::toString).toList());
    }

    /** The same network with trained weights. */
    public static FrozenModel trained(
            FrozenModel model, List<ModelInput> inputs, int[] labels, FineTuner.Settings... phases) throws Exception {
        try (TensorFlowModel open = TensorFlowModel.of(descriptor(model.classes()), model, 32);
                FineTuner tuner = new FineTuner(model, open.network())) {
            Map<Integer, LayerParameters> parameters = new HashMap<>();
            for (int l = 0; l < open.architecture().layers().size(); l++) {
                parameters.put(
                        l, new LayerParameters(open.weights(l), open.biases(l).orElseThrow()));
            }
            for (FineTuner.Settings phase : phases) {
                parameters = tuner.tune(parameters, inputs, labels, phase);
            }
            BitSet all = new BitSet();
            all.set(0, open.architecture().units());
            return MaskedGraph.of(
                    model, open.network(), open.architecture(), Mask.ofUnits(open.architecture(), all), parameters);
        }
    }
}
