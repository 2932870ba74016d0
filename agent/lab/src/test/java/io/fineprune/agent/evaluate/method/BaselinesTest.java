package io.fineprune.agent.evaluate.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.preprocessing.FeatureSpec;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.train.LayerForm.LowRank;
import io.fineprune.agent.tensorflow.train.ProgressListener;
import io.fineprune.agent.tensorflow.train.Trainer;
import io.fineprune.agent.tensorflow.train.TrainingSpec;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.repair.LayerParameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.SingularOps_DDRM;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BaselinesTest {
    private static final int SIDE = 8;

    @SuppressWarnings("NullAway.Init")
    private static EvaluatedModel bench;

    /** Class c: column 2 c is bright, or dark if inverted. */
    private static float[][] inputs(int count, boolean inverted, int[] labels) {
        SplittableRandom random = new SplittableRandom(inverted ? 5 : 6);
        float[][] inputs = new float[count][SIDE * SIDE];
        for (int i = 0; i < count; i++) {
            labels[i] = i % 3;
            for (int p = 0; p < SIDE * SIDE; p++) {
                double mark = p % SIDE == 2 * labels[i] ? 1 : 0;
                inputs[i][p] = (float) (random.nextDouble() - 0.5 + (inverted ? -mark : mark));
            }
        }
        return inputs;
    }

    private static UserStream stream(int count, boolean inverted) {
        int[] labels = new int[count];
        List<ModelInput> inputs = new ArrayList<>();
        for (float[] values : inputs(count, inverted, labels)) {
            inputs.add(new ModelInput.Values(values));
        }
        return new UserStream("ann", 1, inputs, labels, 64);
    }

    @BeforeAll
    static void train() {
        int[] labels = new int[192];
        float[][] inputs = inputs(192, false, labels);
        TrainingSpec spec =
                new TrainingSpec(SIDE, SIDE, 1, 3, List.of(8, 8, 8, 8), 16, false, 8, 16, 3e-3, 7, Optional.empty());
        bench = new EvaluatedModel(
                TensorFlowModel.of(
                        ModelDescriptor.of("bars", new FeatureSpec(), List.of("a", "b", "c")),
                        Trainer.train(spec, inputs, labels, ProgressListener.NONE)
                                .model(),
                        32),
                Optional.empty());
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    private static double accuracy(Adapted adapted, UserStream stream) throws Exception {
        int[] answers = bench.classify(adapted, stream.inputs());
        int correct = 0;
        for (int i = 0; i < answers.length; i++) {
            correct += answers[i] == stream.labels()[i] ? 1 : 0;
        }
        return (double) correct / answers.length;
    }

    private static float[] weights(Adapted adapted, int layer) {
        return Optional.ofNullable(adapted.parameters().get(layer))
                .orElseThrow()
                .weights();
    }

    private static AdaptationMethod method(String name) {
        return Methods.of(List.of(name)).get(0);
    }

    @Test
    void shouldLearnAStrangeUserWhenThereAreLabels() throws Exception {
        UserStream strange = stream(90, true);
        double before = accuracy(method("source").adapt(bench, strange, 0), strange);
        Adapted tuned = method("backprop-1e-2").adapt(bench, strange, 0);
        assertThat(before).isLessThan(0.7);
        assertThat(accuracy(tuned, strange)).isGreaterThan(0.9);
        Adapted again = method("backprop-1e-2").adapt(bench, strange, 0);
        assertThat(weights(again, 0))
                .isEqualTo(weights(tuned, 0))
                .isNotEqualTo(bench.layerwise().source(0).weights());
    }

    @Test
    void shouldKeepRemovedNodesAtZeroWhenTunedAfterPruning() throws Exception {
        Adapted pruned = method("depgraph").adapt(bench, stream(60, true), 0.5);
        Adapted tuned = method("depgraph+backprop-1e-3").adapt(bench, stream(60, true), 0.5);
        assertThat(tuned.removed()).isEqualTo(pruned.removed());
        assertThat(tuned.removed().nodes()).isEqualTo(0.5);
        float[] before = weights(pruned, 1);
        float[] after = weights(tuned, 1);
        int zeros = 0;
        for (int w = 0; w < before.length; w++) {
            if (before[w] == 0) {
                zeros++;
                assertThat(after[w]).isZero();
            }
        }
        assertThat(zeros).isEqualTo(before.length * 3 / 4);
    }

    @Test
    void shouldComeCloserWhenTheRankIsHigher() throws Exception {
        UserStream none = stream(1, false).first(0);
        double[] errors = new double[3];
        double[] sparsities = {0.8, 0.4, 0};
        for (int i = 0; i < errors.length; i++) {
            Adapted svd = method("svd").adapt(bench, none, sparsities[i]);
            int dense = 4;
            LayerParameters whole = bench.layerwise().source(dense);
            float[] approximated = svd.parameters().getOrDefault(dense, whole).weights();
            for (int w = 0; w < approximated.length; w++) {
                errors[i] += Math.pow(approximated[w] - whole.weights()[w], 2);
            }
            Layer last = bench.architecture().layers().get(5);
            assertThat(last.prunable()).isFalse();
            assertThat(svd.parameters()).doesNotContainKey(5);
        }
        assertThat(errors[0]).isGreaterThan(errors[1]);
        assertThat(errors[1]).isGreaterThan(0);
        assertThat(errors[2]).isZero();
        assertThat(SingularValueMethod.rank(100, 50, 0.7)).isEqualTo(10);
        assertThat(SingularValueMethod.rank(100, 50, 0)).isEqualTo(50);
        assertThat(SingularValueMethod.rank(100, 50, 1)).isEqualTo(1);
    }

    @Test
    void shouldLoseWhatTheSmallestSingularValuesHoldWhenTheRankIsCut() throws Exception {
        Adapted svd = method("svd").adapt(bench, stream(1, false).first(0), 0.5);
        for (int layer : new int[] {1, 4}) { // [3 x 3 x 8, 8] and [32, 16]
            int columns = bench.architecture().layers().get(layer).nodes();
            float[] whole = bench.layerwise().source(layer).weights();
            int rank = SingularValueMethod.rank(whole.length / columns, columns, 0.5);
            double[] values = singularValues(whole, columns);
            double lost = 0;
            for (int v = rank; v < values.length; v++) {
                lost += values[v] * values[v];
            }
            double error = 0;
            for (int w = 0; w < whole.length; w++) {
                error += Math.pow(weights(svd, layer)[w] - whole[w], 2);
            }
            assertThat(error).as("layer %d", layer).isCloseTo(lost, within(1e-4 * lost));
        }
    }

    @Test
    void shouldKeepTheRankWhenFactorsAreTunedWithLabels() throws Exception {
        UserStream strange = stream(90, true);
        Adapted plain = method("svd").adapt(bench, strange, 0.5);
        Adapted tuned =
                new SingularValueMethod("svd+backprop-1e-2", OptionalDouble.of(1e-2)).adapt(bench, strange, 0.5);
        assertThat(method("svd+backprop-1e-3").usesLabels()).isTrue();
        assertThat(tuned.removed()).isEqualTo(plain.removed());
        assertThat(accuracy(plain, strange)).isLessThan(0.7);
        assertThat(accuracy(tuned, strange)).isGreaterThan(0.9);
        int rank = SingularValueMethod.rank(72, 8, 0.5);
        assertThat(rank).isEqualTo(3);
        for (Adapted adapted : List.of(plain, tuned)) {
            double[] values = singularValues(weights(adapted, 1), 8);
            assertThat(values[rank - 1]).isGreaterThan(0.01 * values[0]);
            assertThat(values[rank]).isLessThan(1e-5 * values[0]);
        }
        assertThat(weights(tuned, 1)).isNotEqualTo(weights(plain, 1));
    }

    @Test
    void shouldKeepTheLargestValueWhenAMatrixIsWideOrTall() {
        LowRank kept = SingularValueMethod.Factors.of(new float[] {0, 3, 4, 1, 0, 0}, 2, 3)
                .truncated(1, new float[] {7, 8, 9});
        assertThat(kept.parameters().weights()).containsExactly(new float[] {0, 3, 4, 0, 0, 0}, within(1e-6f));
        assertThat(kept.parameters().biases()).containsExactly(7, 8, 9);
        assertThat(Math.hypot(kept.left()[0], kept.left()[1])).isCloseTo(1, within(1e-6));

        LowRank upright = SingularValueMethod.Factors.of(new float[] {0, 1, 3, 0, 4, 0}, 3, 2)
                .truncated(1, new float[2]);
        assertThat(upright.parameters().weights()).containsExactly(new float[] {0, 0, 3, 0, 4, 0}, within(1e-6f));
        assertThat(Math.hypot(upright.right()[0], upright.right()[1])).isCloseTo(5, within(1e-6));
    }

    private static double[] singularValues(float[] weights, int columns) {
        DMatrixRMaj matrix = new DMatrixRMaj(weights.length / columns, columns);
        for (int w = 0; w < weights.length; w++) {
            matrix.data[w] = weights[w];
        }
        double[] values = SingularOps_DDRM.singularValues(matrix);
        Arrays.sort(values);
        return DoubleStream.iterate(values.length - 1, i -> i >= 0, i -> i - 1)
                .map(i -> values[(int) i])
                .toArray();
    }

    @Test
    void shouldScoreAUnitByAllItsParametersWhenNormsAreGrouped() {
        double[] norms = GroupNorm.of(bench);
        Layer first = bench.architecture().layers().get(0);
        Layer second = bench.architecture().layers().get(1);
        double squares = Math.pow(bench.layerwise().source(0).biases()[3], 2);
        for (int k = 0; k < first.kernelSize(); k++) {
            squares += Math.pow(bench.layerwise().source(0).weights()[k * 8 + 3], 2);
        }
        for (int w = 0; w < second.weights(); w++) {
            squares += w / 8 % 8 == 3 ? Math.pow(bench.layerwise().source(1).weights()[w], 2) : 0;
        }
        assertThat(norms[first.outputUnit(3)]).isCloseTo(Math.sqrt(squares), within(1e-6));
    }

    @Test
    void shouldBoundTheChangeOfReadersWhenDataIsNotSeen() {
        double[] saliency = DataFlowSaliency.of(bench);
        Layer first = bench.architecture().layers().get(0);
        double[] bounds = new double[8];
        double mean = 0;
        for (int n = 0; n < 8; n++) {
            bounds[n] = Math.abs(bench.layerwise().source(0).biases()[n]);
            for (int k = 0; k < 9; k++) {
                bounds[n] += Math.abs(bench.layerwise().source(0).weights()[k * 8 + n]);
            }
            mean += bounds[n] / 8;
        }
        double outgoing = 0;
        float[] second = bench.layerwise().source(1).weights();
        for (int w = 0; w < second.length; w++) {
            outgoing += w / 8 % 8 == 2 ? Math.abs(second[w]) : 0;
        }
        assertThat(saliency[first.outputUnit(2)]).isCloseTo(bounds[2] / mean * outgoing, within(1e-5));
    }

    @Test
    void shouldCountOperationsWhenCostsAreAsked() {
        CostModel costs = bench.costs();
        // 8x8: 9*1*8*64 + 9*8*8*64; 4x4: 2 * 9*8*8*16; dense 32*16 and 16*3.
        long forward = 4608 + 36864 + 2 * 9216 + 512 + 48;
        assertThat(costs.forwardMacs()).isEqualTo(forward);
        assertThat(costs.observing(10).macs()).isEqualTo(10 * forward);
        assertThat(costs.observing(10).peakBytes())
                .isEqualTo(costs.observing(1000).peakBytes());
        assertThat(costs.backpropagation(100, 10, 64).macs())
                .isEqualTo(3 * 10 * 100 * forward + 8 * 20 * costs.parameters());
        assertThat(costs.sweep(10, true, 0.3).macs())
                .isGreaterThan(costs.sweep(10, false, 0.3).macs());
    }

    @Test
    void shouldRefuseWhenLabelsAreMissing() {
        assertThatThrownBy(() -> new UserStream("ann", 1, stream(3, false).inputs(), new int[2], 64))
                .hasMessage("Expected 3 labels of user ann, but was 2");
    }
}
