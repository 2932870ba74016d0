package io.fineprune.agent.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.agent.tensorflow.compact.Compactor;
import io.fineprune.agent.tensorflow.compact.MaskedGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnitGroup;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.repair.HomeostaticScaling;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerParameters;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CompactionTest {
    private static final SplittableRandom RANDOM = new SplittableRandom(4);

    private static FrozenModel vgg() {
        RandomNets net = new RandomNets(1, 16, 16, 1);
        String at = net.relu(net.convolution("input", 3, 1, 8, 1));
        at = net.pool("MaxPool", net.relu(net.batchNorm(net.convolution(at, 3, 8, 12, 1), 12)));
        at = net.reshape(at, -1, 8 * 8 * 12);
        at = net.unary("Sigmoid", net.dense(at, 768, 20));
        return net.imported(net.dense(at, 20, 5));
    }

    /** Two residual blocks on one stream, with a 1x1 convolution on the shortcut, and batch norm behind the additions. */
    private static FrozenModel residual() {
        RandomNets net = new RandomNets(2, 12, 12, 3);
        String stem = net.relu(net.batchNorm(net.convolution(net.pad("input", 1), 3, 3, 10, 1), 10));
        String a = net.relu(net.batchNorm(net.convolution(stem, 1, 10, 6, 1), 6));
        a = net.batchNorm(net.convolution(a, 3, 6, 16, 2), 16);
        String at = net.relu(net.binary("AddV2", a, net.batchNorm(net.convolution(stem, 1, 10, 16, 2), 16)));
        String b = net.relu(net.batchNorm(at, 16));
        b = net.convolution(net.unary("LeakyRelu", net.convolution(b, 3, 16, 7, 1)), 3, 7, 16, 1);
        at = net.unary("Elu", net.batchNorm(net.binary("AddV2", at, b), 16));
        return net.imported(net.dense(net.mean(at, false), 16, 5));
    }

    /** Inverted residuals: expansion, depthwise, linear projection, shortcut. */
    private static FrozenModel mobile() {
        RandomNets net = new RandomNets(3, 16, 16, 3);
        String at = net.unary("Relu6", net.convolution("input", 3, 3, 8, 2));
        for (int i = 0; i < 2; i++) {
            String b = net.unary("Relu6", net.batchNorm(net.convolution(at, 1, 8, 24, 1), 24));
            b = net.unary("Relu6", net.batchNorm(net.depthwise(b, 3, 24, 1, 1), 24));
            at = net.binary("AddV2", at, net.batchNorm(net.convolution(b, 1, 24, 8, 1), 8));
        }
        at = net.unary("Relu6", net.depthwise(at, 3, 8, 2, 2));
        at = net.relu(net.convolution(at, 1, 16, 12, 1));
        return net.imported(net.dense(net.mean(at, false), 12, 5));
    }

    /** Concatenated branches, batch norm over them, added to a layer of their joint width. */
    private static FrozenModel inception() {
        RandomNets net = new RandomNets(4, 10, 10, 2);
        String stem = net.relu(net.convolution("input", 3, 2, 9, 1));
        String a = net.relu(net.convolution(stem, 1, 9, 5, 1));
        String b = net.relu(net.convolution(net.relu(net.convolution(stem, 1, 9, 4, 1)), 3, 4, 7, 1));
        String joined = net.relu(net.batchNorm(net.concat(a, b, stem), 21));
        String wide = net.convolution(joined, 3, 21, 21, 1);
        String at = net.unary("Tanh", net.binary("AddV2", joined, wide));
        at = net.reshape(net.pool("AvgPool", at), -1, 5 * 5 * 21);
        return net.imported(net.dense(at, 525, 5));
    }

    /** A squeeze-and-excite gate, and x * sigmoid(x) as activation function. */
    private static FrozenModel gated() {
        RandomNets net = new RandomNets(5, 12, 12, 2);
        String at = net.convolution("input", 3, 2, 14, 1);
        at = net.binary("Mul", at, net.unary("Sigmoid", at));
        at = net.depthwise(at, 5, 14, 1, 1);
        at = net.binary("Mul", net.unary("Sigmoid", at), at);
        String gate = net.relu(net.convolution(net.mean(at, true), 1, 14, 6, 1));
        gate = net.unary("Sigmoid", net.convolution(gate, 1, 6, 14, 1));
        at = net.convolution(net.binary("Mul", at, gate), 1, 14, 10, 1);
        at = net.reshape(net.mean(net.relu(at), true), -1, 10);
        return net.imported(net.dense(at, 10, 5));
    }

    /** A recurrent layer over three time steps, unrolled, with shared weights and time in front of the batch. */
    private static FrozenModel recurrent() {
        RandomNets net = new RandomNets(6, 3, 8, 1);
        String at = net.relu(net.convolution("input", 3, 1, 6, 1));
        at = net.transpose(net.reshape(at, -1, 3, 48), 1, 0, 2);
        String steps = net.unstack(at, 0, 3);
        String in = net.constant(0.3, 0, 48, 10);
        String again = net.constant(0.3, 0, 10, 10);
        String state = net.unary("Tanh", net.product(steps, in));
        for (int t = 1; t < 3; t++) {
            state = net.unary("Tanh", net.binary("AddV2", net.product(steps + ":" + t, in), net.product(state, again)));
        }
        return net.imported(net.dense(state, 10, 5));
    }

    static Stream<Arguments> networks() {
        return Stream.of(0.3, 0.5, 0.7)
                .flatMap(share -> Stream.of(
                        Arguments.of("vgg", vgg(), share),
                        Arguments.of("residual", residual(), share),
                        Arguments.of("mobile", mobile(), share),
                        Arguments.of("inception", inception(), share),
                        Arguments.of("gated", gated(), share),
                        Arguments.of("recurrent", recurrent(), share)));
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("networks")
    void shouldComputeTheSameWhenChannelsAreTakenOut(String name, FrozenModel model, double share) throws Exception {
        Network network = Network.of(model);
        Architecture architecture = architecture(model, network);
        Mask mask = Mask.ofUnits(architecture, keptUnits(architecture, share));
        FrozenModel masked = MaskedGraph.of(model, network, architecture, mask, Map.of());
        FrozenModel compacted = Compactor.compact(masked);

        SparsityReport report = SparsityReport.of(architecture, mask);
        assertThat(weights(Network.of(compacted)))
                .as("nothing of the removed channels is left")
                .isEqualTo(report.allWeights() - report.weights());
        assertThat(compacted.graph().getSerializedSize())
                .isLessThan(masked.graph().getSerializedSize());
        assertThat(largestDifference(masked, compacted)).isLessThanOrEqualTo(1e-5);
        assertThat(largestDifference(model, masked))
                .as("the mask does something")
                .isGreaterThan(1e-4);
    }

    @Test
    void shouldReadNothingOfARemovedChannelWhenZeroBecomesNonZero() throws Exception {
        FrozenModel model = residual();
        Network network = Network.of(model);
        Architecture architecture = architecture(model, network);
        Mask mask = Mask.ofUnits(architecture, keptUnits(architecture, 0.5));
        Map<Integer, LayerParameters> disturbed = new HashMap<>();
        for (int l = 0; l < architecture.layers().size(); l++) {
            Layer layer = architecture.layers().get(l);
            float[] weights = source(model, network, l);
            float[] biases = new float[layer.nodes()];
            for (int n = 0; n < layer.nodes(); n++) {
                boolean removed = layer.outputUnit(n) >= 0 && !mask.keeps(l, n);
                biases[n] = removed ? 100 : 0.1f;
            }
            disturbed.put(l, new LayerParameters(weights, biases));
        }
        FrozenModel masked = MaskedGraph.of(model, network, architecture, mask, disturbed);
        FrozenModel compacted = Compactor.compact(masked);
        assertThat(largestDifference(masked, compacted)).isLessThanOrEqualTo(1e-5);
    }

    @Test
    void shouldTakeOutUnitsNobodyReadsWhenWeightsAreMasked() throws Exception {
        FrozenModel model = vgg();
        Network network = Network.of(model);
        Architecture architecture = architecture(model, network);
        List<BitSet> layers = new ArrayList<>();
        for (int l = 0; l < architecture.layers().size(); l++) {
            Layer layer = architecture.layers().get(l);
            BitSet kept = new BitSet();
            for (int i = 0; i < layer.weights(); i++) {
                int input = i / layer.nodes() % layer.inputs();
                kept.set(i, RANDOM.nextInt(3) > 0 && !(l == 1 && input < 3));
            }
            layers.add(kept);
        }
        Mask mask = new Mask(Granularity.GRANULARITY_WEIGHT, layers);
        FrozenModel masked = MaskedGraph.of(model, network, architecture, mask, Map.of());
        FrozenModel compacted = Compactor.compact(masked);
        assertThat(Network.of(compacted).layers().get(0).nodes()).isEqualTo(5);
        assertThat(largestDifference(masked, compacted)).isLessThanOrEqualTo(1e-5);
    }

    /** Bands are columns times channels, or channels; a layer with padding cannot take a shift in. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"SAME, 30, false", "SAME, 3, false", "VALID, 30, false", "VALID, 3, true", "VALID, 1, true"})
    void shouldAnswerAsOnNormalisedInputsWhenTheInputIsNormalised(String padding, int bands, boolean folds)
            throws Exception {
        RandomNets net = new RandomNets(3, 10, 10, 3);
        String first = net.relu(net.convolution("input", 3, 3, 8, 1, padding));
        FrozenModel model = net.imported(net.dense(net.mean(net.convolution(first, 3, 8, 8, 1), false), 8, 5));
        Network network = Network.of(model);
        Architecture architecture = architecture(model, network);
        Mask mask = Mask.ofUnits(architecture, keptUnits(architecture, 0.5));
        float[] scale = new float[bands];
        float[] shift = new float[bands];
        for (int b = 0; b < bands; b++) {
            scale[b] = (float) (0.5 + RANDOM.nextDouble());
            shift[b] = (float) (RANDOM.nextDouble() - 0.5);
        }
        InputScaling scaling = new InputScaling(new HomeostaticScaling(scale, shift));
        FrozenModel plain = MaskedGraph.of(model, network, architecture, mask, Map.of());
        FrozenModel masked = MaskedGraph.of(model, network, architecture, mask, Map.of(), Optional.of(scaling));
        FrozenModel compacted = Compactor.compact(masked);
        List<ModelInput> inputs = inputs(model);
        float[] expected = answers(plain, scaling.apply(inputs));
        assertThat(answers(masked, inputs)).containsExactly(expected, within(1e-5f));
        assertThat(answers(compacted, inputs)).containsExactly(expected, within(1e-5f));
        assertThat(masked.graph().getNodeList().stream()
                        .noneMatch(node -> node.getOp().equals("Mul")))
                .isEqualTo(folds);
    }

    @Test
    void shouldRefuseWhenTheInputHasNotSoManyBands() {
        FrozenModel model = vgg();
        Network network = Network.of(model);
        Architecture architecture = architecture(model, network);
        Mask mask = Mask.ofUnits(architecture, keptUnits(architecture, 0.5));
        InputScaling scaling = new InputScaling(HomeostaticScaling.none(7));
        assertThatThrownBy(() -> MaskedGraph.of(model, network, architecture, mask, Map.of(), Optional.of(scaling)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bands");
    }

    @Test
    void shouldKeepTheGraphWhenNothingIsRemoved() {
        FrozenModel model = mobile();
        assertThat(Compactor.compact(model)).isSameAs(model);
    }

    private static float[] source(FrozenModel model, Network network, int layer) {
        return io.fineprune.agent.tensorflow.graph.Constants.floats(
                io.fineprune.agent.tensorflow.graph.FlatGraph.of(model.graph())
                        .node(network.nodes().get(layer).kernel()));
    }

    private static Architecture architecture(FrozenModel model, Network network) {
        return network.architecture(
                "m",
                model.fingerprint(),
                IntStream.range(0, model.classes()).mapToObj(i -> "c" + i).toList());
    }

    private static BitSet keptUnits(Architecture architecture, double share) {
        BitSet kept = new BitSet();
        kept.set(0, architecture.units());
        for (UnitGroup group : architecture.groups()) {
            for (int i = 0; i < group.size(); i++) {
                if (RANDOM.nextDouble() < share) {
                    kept.clear(group.firstUnit() + i);
                }
            }
            for (int layer : group.layers()) {
                kept.set(architecture.layers().get(layer).outputUnit(0));
            }
        }
        return kept;
    }

    private static long weights(Network network) {
        return network.layers().stream().mapToLong(Layer::weights).sum();
    }

    private static double largestDifference(FrozenModel first, FrozenModel second) throws Exception {
        double largest = 0;
        List<ModelInput> inputs = inputs(first);
        float[] x = answers(first, inputs);
        float[] y = answers(second, inputs);
        assertThat(x).hasSameSizeAs(y);
        for (int i = 0; i < x.length; i++) {
            assertThat((double) x[i]).isFinite();
            largest = Math.max(largest, Math.abs(x[i] - y[i]));
        }
        assertThat((double) x[0] + x[1] + x[2] + x[3] + x[4]).isCloseTo(1, within(1e-5));
        return largest;
    }

    private static List<ModelInput> inputs(FrozenModel model) {
        List<ModelInput> inputs = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            float[] values = new float[model.inputSize()];
            for (int j = 0; j < values.length; j++) {
                values[j] = (float) (2 * RANDOM.nextDouble() - 1);
            }
            inputs.add(new ModelInput.Values(values));
        }
        return inputs;
    }

    private static float[] answers(FrozenModel model, List<ModelInput> inputs) throws Exception {
        try (RunnableModel runnable = new RunnableModel(model, 8)) {
            return runnable.run(inputs);
        }
    }
}
