package io.fineprune.agent.evaluate.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.preprocessing.FeatureSpec;
import io.fineprune.agent.tensorflow.MobileNets;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.layerwise.Calibration;
import io.fineprune.agent.tensorflow.train.ProgressListener;
import io.fineprune.agent.tensorflow.train.Trainer;
import io.fineprune.agent.tensorflow.train.TrainingSpec;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerStream;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.NodeMoments;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Batch norms measured anew, and what entropy does to them, on a network that was trained with them. */
class EntropyTest {
    private static final int SIDE = 8;
    private static final int CONVOLUTIONS = 4;
    private static final double DIFFERENCE = 0.01;

    @SuppressWarnings("NullAway.Init")
    private static EvaluatedModel bench;

    @SuppressWarnings("NullAway.Init")
    private static EvaluatedModel unmeasured;

    /** Class c: column 2 c is bright; then contrast and brightness of the user. */
    private static float[][] inputs(long seed, int count, double contrast, double brightness, int[] labels) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][] inputs = new float[count][SIDE * SIDE];
        for (int i = 0; i < count; i++) {
            labels[i] = i % 3;
            for (int p = 0; p < SIDE * SIDE; p++) {
                double mark = p % SIDE == 2 * labels[i] ? 1 : 0;
                inputs[i][p] = (float) (contrast * (random.nextDouble() - 0.5 + mark) + brightness);
            }
        }
        return inputs;
    }

    private static UserStream stream(int count, double contrast, double brightness) {
        int[] labels = new int[count];
        return new UserStream("ann", 1, values(inputs(8, count, contrast, brightness, labels)), labels, 64);
    }

    private static List<ModelInput> values(float[][] inputs) {
        List<ModelInput> values = new ArrayList<>();
        for (float[] input : inputs) {
            values.add(new ModelInput.Values(input));
        }
        return values;
    }

    @BeforeAll
    static void train() throws Exception {
        int[] labels = new int[192];
        float[][] inputs = inputs(6, 192, 1, 0, labels);
        TrainingSpec spec =
                new TrainingSpec(SIDE, SIDE, 1, 3, List.of(8, 8, 8, 8), 16, true, 8, 16, 3e-3, 7, Optional.empty());
        FrozenModel trained =
                Trainer.train(spec, inputs, labels, ProgressListener.NONE).model();
        SourceMoments moments;
        try (TensorFlowModel model = model(trained);
                LayerwiseModel layerwise = model.layerwise(Optional.empty())) {
            moments = Calibration.measure(layerwise, model.inputBands(), values(inputs), new int[0], List.of());
        }
        bench = new EvaluatedModel(model(trained), Optional.of(moments));
        unmeasured = new EvaluatedModel(model(trained), Optional.empty());
    }

    private static TensorFlowModel model(FrozenModel trained) {
        return TensorFlowModel.of(ModelDescriptor.of("bars", new FeatureSpec(), List.of("a", "b", "c")), trained, 32);
    }

    @AfterAll
    static void close() {
        bench.close();
        unmeasured.close();
    }

    private static double accuracy(Adapted adapted, UserStream stream) throws Exception {
        int[] answers = bench.classify(adapted, stream.inputs());
        int correct = 0;
        for (int i = 0; i < answers.length; i++) {
            correct += answers[i] == stream.labels()[i] ? 1 : 0;
        }
        return (double) correct / answers.length;
    }

    private static double entropy(EvaluatedModel model, Map<Integer, LayerParameters> parameters, UserStream stream)
            throws Exception {
        double entropy = 0;
        for (float p : model.layerwise().answer(stream.inputs(), parameters).posterior()) {
            entropy -= p > 0 ? p * Math.log(p) : 0;
        }
        return entropy / stream.events();
    }

    private static LayerParameters layer(Adapted adapted, int index) {
        return Objects.requireNonNull(adapted.parameters().get(index));
    }

    @Test
    void shouldHaveTheSourcesMomentsAgainWhenStatisticsAreTheUsers() throws Exception {
        UserStream dim = stream(90, 0.5, 1.5);
        Adapted adapted = new AdaBnMethod().adapt(bench, dim, 0);
        try (LayerStream on = bench.layerwise().stream(dim.inputs())) {
            for (int l = 0; l < bench.architecture().layers().size(); l++) {
                if (l < CONVOLUTIONS) {
                    NodeMoments wanted = bench.layerwise().sourceMoments(l).orElseThrow();
                    NodeMoments found = on.moments(l, layer(adapted, l));
                    for (int n = 0; n < wanted.nodes(); n++) {
                        assertThat(found.mean()[n]).isCloseTo(wanted.mean()[n], within(1e-3));
                        assertThat(found.deviation()[n])
                                .isCloseTo(wanted.deviation()[n], within(0.02 * wanted.deviation()[n] + 1e-3));
                    }
                } else {
                    assertThat(layer(adapted, l)).isEqualTo(bench.layerwise().source(l));
                }
                on.advance(l, layer(adapted, l));
            }
        }
        assertThat(accuracy(new SourceMethod("source", false, false).adapt(bench, dim, 0), dim))
                .isLessThan(0.7);
        assertThat(accuracy(adapted, dim)).isGreaterThan(0.95);
    }

    @Test
    void shouldChangeNothingWhenMomentsAreNotKnown() throws Exception {
        UserStream dim = stream(30, 0.5, 1.5);
        Adapted adapted = new AdaBnMethod().adapt(unmeasured, dim, 0);
        for (int l = 0; l < bench.architecture().layers().size(); l++) {
            assertThat(layer(adapted, l)).isEqualTo(unmeasured.layerwise().source(l));
        }
    }

    /** Adam's first step is the learning rate against the gradient's sign, whatever its size. */
    @Test
    void shouldStepAgainstTheGradientOfTheEntropyWhenOneBatchIsSeen() throws Exception {
        UserStream batch = stream(TentMethod.BATCH, 0.4, 0.3);
        BatchStatistics before = BatchStatistics.of(bench, batch.inputs());
        Adapted after = new TentMethod().adapt(bench, batch, 0);
        int moved = 0;
        for (int l = 0; l < CONVOLUTIONS; l++) {
            LayerParameters start = Objects.requireNonNull(before.parameters().get(l));
            NodeMoments moments = Objects.requireNonNull(before.moments().get(l));
            for (int n = 0; n < moments.nodes(); n++) {
                double scaled = 0;
                for (int w = n; w < start.weights().length; w += moments.nodes()) {
                    double ratio = layer(after, l).weights()[w] / start.weights()[w];
                    scaled = (ratio - 1) * moments.deviation()[n];
                    assertThat(Math.abs(scaled))
                            .as("scale of node %d of %d", n, l)
                            .isLessThan(1.01e-3);
                }
                double deviation = moments.deviation()[n];
                double mean = moments.mean()[n];
                double offset = (start.biases()[n] - mean) / deviation;
                double shifted = layer(after, l).biases()[n] - offset * (deviation + scaled) - mean;
                moved += against(slope(before, l, n, DIFFERENCE, 0, batch), scaled, "scale of node " + n + " of " + l);
                moved += against(slope(before, l, n, 0, DIFFERENCE, batch), shifted, "shift of node " + n + " of " + l);
            }
        }
        assertThat(moved).isGreaterThan(20);
        for (int l = CONVOLUTIONS; l < bench.architecture().layers().size(); l++) {
            assertThat(layer(after, l)).isEqualTo(bench.layerwise().source(l));
        }
    }

    /** 1 if the slope is steep enough to tell its sign. */
    private static int against(double slope, double moved, String what) {
        if (Math.abs(slope) < 1e-3) {
            return 0;
        }
        assertThat(moved)
                .as("%s, slope %s", what, slope)
                .isCloseTo(-Math.signum(slope) * TentMethod.LEARNING_RATE, within(2e-5));
        return 1;
    }

    /** Of the mean entropy by the scale or the shift of one batch norm, by a difference. */
    private static double slope(BatchStatistics at, int index, int node, double scale, double shift, UserStream batch)
            throws Exception {
        LayerParameters layer = Objects.requireNonNull(at.parameters().get(index));
        NodeMoments moments = Objects.requireNonNull(at.moments().get(index));
        double[] entropies = new double[2];
        for (int side = 0; side < 2; side++) {
            double factor = 1 + (side == 0 ? -scale : scale) / moments.deviation()[node];
            float[] weights = layer.weights().clone();
            for (int w = node; w < weights.length; w += moments.nodes()) {
                weights[w] = (float) (weights[w] * factor);
            }
            float[] biases = layer.biases().clone();
            double mean = moments.mean()[node];
            biases[node] = (float) ((biases[node] - mean) * factor + mean + (side == 0 ? -shift : shift));
            Map<Integer, LayerParameters> changed = new HashMap<>(at.parameters());
            changed.put(index, new LayerParameters(weights, biases));
            entropies[side] = entropy(bench, changed, batch);
        }
        return (entropies[1] - entropies[0]) / (2 * DIFFERENCE);
    }

    @Test
    void shouldFollowDepthwiseConvolutionsTooWhenANetworkHasThem() throws Exception {
        SplittableRandom random = new SplittableRandom(9);
        List<ModelInput> inputs = new ArrayList<>();
        for (int i = 0; i < 192; i++) {
            float[] values = new float[16 * 16];
            for (int p = 0; p < values.length; p++) {
                values[p] = (float) (random.nextDouble() - 0.5 + (p % 16 == i % 16 ? 2 : 0));
            }
            inputs.add(new ModelInput.Values(values));
        }
        UserStream stream = new UserStream("ann", 1, inputs, new int[inputs.size()], 64);
        try (EvaluatedModel mobile = new EvaluatedModel(
                TensorFlowModel.of(MobileNets.descriptor(4), MobileNets.untrained(1, 16, 16, 4), 32),
                Optional.empty())) {
            Adapted tented = new TentMethod().adapt(mobile, stream, 0);
            int depthwise = IntStream.range(0, mobile.architecture().layers().size())
                    .filter(l -> mobile.architecture().layers().get(l).kind() == LayerKind.DEPTHWISE)
                    .findFirst()
                    .orElseThrow();
            float[] before = mobile.layerwise().source(depthwise).weights();
            float[] after = layer(tented, depthwise).weights();
            int nodes = mobile.architecture().layers().get(depthwise).nodes();
            for (int w = nodes; w < after.length; w++) {
                assertThat(after[w] / before[w]).isCloseTo(after[w % nodes] / before[w % nodes], within(1e-4f));
            }
            assertThat(after).isNotEqualTo(before);
            assertThat(entropy(mobile, tented.parameters(), stream))
                    .isLessThan(entropy(mobile, mobile.source(), stream));
        }
    }

    @Test
    void shouldBeSurerWhenAllEventsAreFollowed() throws Exception {
        UserStream dim = stream(240, 0.4, 0.3);
        Map<Integer, LayerParameters> before =
                new AdaBnMethod().adapt(bench, dim, 0).parameters();
        Adapted after = new TentMethod().adapt(bench, dim, 0);
        assertThat(entropy(bench, after.parameters(), dim)).isLessThan(entropy(bench, before, dim));
        assertThat(accuracy(after, dim)).isGreaterThan(0.9);
        assertThat(layer(new TentMethod().adapt(bench, dim, 0), 0).weights())
                .as("the same again")
                .isEqualTo(layer(after, 0).weights());
        double unscaled = entropy(bench, unmeasured.source(), dim);
        assertThat(entropy(bench, new TentMethod().adapt(unmeasured, dim, 0).parameters(), dim))
                .as("from the source model's own statistics")
                .isLessThan(unscaled);
    }
}
