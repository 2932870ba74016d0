package io.fineprune.agent.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.preprocessing.FeatureSpec;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.Sessions;
import io.fineprune.agent.tensorflow.graph.Tensors;
import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;

class TensorFlowModelTest {
    private static final ModelDescriptor DESCRIPTOR =
            ModelDescriptor.of("m", new FeatureSpec(), List.of("a", "b", "c"));

    /** Residual addition, depthwise layer, pooling, flatten and a linear layer in the middle. */
    private static FrozenModel network() {
        RandomNets net = new RandomNets(5, 8, 8, 2);
        String first = net.relu(net.batchNorm(net.convolution("input", 3, 2, 6, 1), 6));
        String depthwise = net.unary("Relu6", net.depthwise(first, 3, 6, 1, 1));
        String second = net.convolution(depthwise, 1, 6, 6, 1);
        String sum = net.relu(net.binary("AddV2", first, second));
        String flat = net.reshape(net.pool("MaxPool", sum), -1, 4 * 4 * 6);
        return net.imported(net.dense(net.unary("Tanh", net.dense(flat, 96, 5)), 5, 3));
    }

    private static List<ModelInput> inputs(int count, int size) {
        SplittableRandom random = new SplittableRandom(9);
        List<ModelInput> inputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] values = new float[size];
            for (int j = 0; j < size; j++) {
                values[j] = (float) (2 * random.nextDouble() - 1);
            }
            inputs.add(new ModelInput.Values(values));
        }
        return inputs;
    }

    @Test
    void shouldSumActivationsWhenEvaluated() throws Exception {
        FrozenModel frozen = network();
        List<ModelInput> inputs = inputs(7, 128);
        try (TensorFlowModel model = TensorFlowModel.of(DESCRIPTOR, frozen, 4)) {
            ActivationBatch batch = model.evaluate(inputs);
            assertThat(batch.events()).isEqualTo(7);
            assertThat(batch.taps()).isEqualTo(model.architecture().taps());
            for (int e = 0; e < 7; e++) {
                float[] input = ((ModelInput.Values) inputs.get(e)).values();
                for (int l = 0; l < model.network().nodes().size(); l++) {
                    float[] activation = fetch(
                            frozen,
                            input,
                            model.network().nodes().get(l).activation().node());
                    compare(batch, e, model.architecture().layers().get(l), activation);
                }
                double first = 0;
                for (int i = 0; i < 128; i += 2) {
                    first += Math.abs(input[i]);
                }
                assertThat((double) batch.absolute()[e * batch.taps()]).isCloseTo(first, within(1e-4));
                float[] posterior = fetch(frozen, input, frozen.posterior().node());
                for (int c = 0; c < 3; c++) {
                    assertThat(batch.posterior()[e * 3 + c]).isCloseTo(posterior[c], within(1e-6f));
                }
            }
        }
    }

    private static void compare(ActivationBatch batch, int event, Layer layer, float[] activation) {
        assertThat(activation).hasSize(Math.toIntExact(layer.positions() * layer.nodes()));
        for (int n = 0; n < layer.nodes(); n++) {
            double absolute = 0;
            double linear = 0;
            double squared = 0;
            for (int i = n; i < activation.length; i += layer.nodes()) {
                absolute += Math.abs(activation[i]);
                linear += activation[i];
                squared += (double) activation[i] * activation[i];
            }
            int tap = event * batch.taps() + layer.firstTap() + n;
            assertThat((double) batch.absolute()[tap]).isCloseTo(absolute, within(1e-4 * (1 + absolute)));
            assertThat((double) batch.linear()[tap]).isCloseTo(linear, within(1e-4 * (1 + absolute)));
            assertThat((double) batch.squared()[tap]).isCloseTo(squared, within(1e-4 * (1 + squared)));
        }
    }

    private static float[] fetch(FrozenModel model, float[] input, String node) {
        return Sessions.with(model.graph(), session -> {
            try (TFloat32 fed = Tensors.floats(input, 1, 8, 8, 2);
                    Result result =
                            session.runner().feed("input", fed).fetch(node).run()) {
                return Tensors.floats(result.get(0));
            }
        });
    }

    @Test
    void shouldYieldTheSameBitsWhenCompanyDiffers() throws Exception {
        List<ModelInput> inputs = inputs(40, 128);
        try (TensorFlowModel model = TensorFlowModel.of(DESCRIPTOR, network(), 32)) {
            ActivationBatch together = model.evaluate(inputs);
            for (int e = 0; e < 40; e++) {
                ActivationBatch alone = model.evaluate(List.of(inputs.get(e)));
                for (int t = 0; t < together.taps(); t++) {
                    int at = e * together.taps() + t;
                    assertThat(alone.absolute()[t]).isEqualTo(together.absolute()[at]);
                    assertThat(alone.linear()[t]).isEqualTo(together.linear()[at]);
                    assertThat(alone.squared()[t]).isEqualTo(together.squared()[at]);
                }
                assertThat(alone.posterior()[0]).isEqualTo(together.posterior()[3 * e]);
            }
        }
    }

    @Test
    void shouldShareUnitsWhenChannelsAreTied() {
        try (TensorFlowModel model = TensorFlowModel.of(DESCRIPTOR, network(), 4)) {
            List<Layer> layers = model.architecture().layers();
            assertThat(layers).hasSize(5);
            assertThat(layers.get(1).outputUnits()).isEqualTo(layers.get(0).outputUnits());
            assertThat(layers.get(2).outputUnits()).isEqualTo(layers.get(0).outputUnits());
            assertThat(layers.get(3).inputUnits()).hasSize(96);
            assertThat(layers.get(3).inputUnit(7)).isEqualTo(layers.get(0).outputUnit(1));
            assertThat(layers.get(4).outputUnits()).containsOnly(-1);
            assertThat(model.architecture().groups()).hasSize(2);
            assertThat(layers.get(3).inputTap(0))
                    .as("the sum of a residual addition is measured behind all layers")
                    .isEqualTo(2 + 6 + 6 + 6 + 5 + 3);
            assertThat(model.weights(0)).hasSize(layers.get(0).weights());
        }
    }

    @Test
    void shouldRefuseWhenInputHasAnotherSize() {
        try (TensorFlowModel model = TensorFlowModel.of(DESCRIPTOR, network(), 4)) {
            assertThatThrownBy(() -> model.evaluate(inputs(1, 127)))
                    .isInstanceOf(UnusableEventException.class)
                    .hasMessage("Expected 128 numbers as input, found 127 numbers");
        }
    }
}
