package io.fineprune.agent.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.shapes.NetworkShapes;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.ModelInput;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole networks, as deep as the originals and a quarter as wide. */
class CompactedShapesTest {
    private static final int ROWS = 4;

    static Stream<Arguments> networks() {
        FrozenModel resNet = NetworkShapes.resNet50(1, 64, 0.25);
        FrozenModel mobileNet = NetworkShapes.mobileNetV2(2, 64, 0.25);
        FrozenModel vgg = NetworkShapes.vgg19(3, 32, 0.25);
        return Stream.of(0.3, 0.5, 0.7)
                .flatMap(share -> Stream.of(
                        Arguments.of("ResNet50", resNet, share),
                        Arguments.of("MobileNetV2", mobileNet, share),
                        Arguments.of("VGG-19", vgg, share)));
    }

    @ParameterizedTest(name = "{0} without {2} of its nodes")
    @MethodSource("networks")
    void shouldComputeTheSameWhenChannelsAreTakenOut(String name, FrozenModel model, double share) throws Exception {
        PruningVariants variants = PruningVariants.random(model, share, 5);
        assertThat(variants.report().nodeShare()).isBetween(share - 0.03, share + 0.03);
        assertThat(weights(variants.compacted()))
                .as("nothing of the removed channels is left")
                .isEqualTo(variants.report().allWeights() - variants.report().weights());
        assertThat(largestDifference(variants.masked(), variants.compacted())).isLessThanOrEqualTo(1e-5);
        assertThat(largestDifference(variants.dense(), variants.masked()))
                .as("the mask does something")
                .isGreaterThan(1e-4);
    }

    @Test
    void shouldHaveTheOriginalsLayersWhenFullyWide() {
        Network resNet = Network.of(NetworkShapes.resNet50(1, 32, 1));
        assertThat(resNet.layers()).hasSize(54);
        assertThat(resNet.layers().stream().mapToLong(Layer::weights).sum())
                .as("as the original without biases and norms")
                .isEqualTo(25_502_912);
        assertThat(resNet.groups())
                .as("two inner of each block, the stem, four streams")
                .hasSize(2 * 16 + 1 + 4);
        Network mobileNet = Network.of(NetworkShapes.mobileNetV2(1, 32, 1));
        assertThat(mobileNet.layers()).hasSize(53);
        assertThat(mobileNet.layers().stream().mapToLong(Layer::weights).sum()).isEqualTo(3_469_760);
    }

    private static long weights(FrozenModel model) {
        return Network.of(model).layers().stream().mapToLong(Layer::weights).sum();
    }

    private static double largestDifference(FrozenModel first, FrozenModel second) throws Exception {
        SplittableRandom random = new SplittableRandom(9);
        List<ModelInput> inputs = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            float[] values = new float[first.inputSize()];
            for (int j = 0; j < values.length; j++) {
                values[j] = (float) (2 * random.nextDouble() - 1);
            }
            inputs.add(new ModelInput.Values(values));
        }
        try (RunnableModel a = new RunnableModel(first, ROWS);
                RunnableModel b = new RunnableModel(second, ROWS)) {
            float[] x = a.run(inputs);
            float[] y = b.run(inputs);
            double largest = 0;
            for (int i = 0; i < x.length; i++) {
                assertThat((double) x[i]).isFinite();
                largest = Math.max(largest, Math.abs(x[i] - y[i]));
            }
            return largest;
        }
    }
}
