package io.fineprune.agent.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.preprocessing.EncodedSpec;
import io.fineprune.agent.preprocessing.FeatureSpec;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.GraphImporter;
import io.fineprune.agent.tensorflow.graph.ImportOptions;
import io.fineprune.agent.tensorflow.graph.ModelVerifier;
import io.fineprune.agent.tensorflow.graph.RandomRecording;
import io.fineprune.agent.tensorflow.graph.SavedModelWriter;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.agent.update.DeviceModel;
import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnitGroup;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.repair.ModelUpdate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharedModelImportTest {
    @ParameterizedTest
    @CsvSource({
        "mnist_conv, 5, 242, 28x28x1",
        "mobilenet_v1_025_128, 28, 1496, 128x128x3",
        "kws_ref_model, 10, 320, 49x10x1",
        "kws_pb/DS_CNN_S.pb, 10, 320, ''",
        "kws_pb/CNN_S.pb, 5, 202, ''",
        "kws_pb/DNN_S.pb, 4, 432, ''"
    })
    void shouldImportUnchangedWhenModelIsReal(String name, int layers, int units, String shape, @TempDir Path folder) {
        Path path = SharedModels.find(name);
        GraphImporter.Verified verified = GraphImporter.verified(path, ImportOptions.DEFAULT);
        FrozenModel model = verified.model();
        Network network = Network.of(model);

        assertThat(verified.difference()).isLessThanOrEqualTo(1e-4);
        assertThat(network.layers()).hasSize(layers);
        assertThat(network.groups().stream().mapToInt(UnitGroup::size).sum()).isEqualTo(units);
        assertThat(IntStream.of(model.inputShape()).mapToObj(String::valueOf).toList())
                .isEqualTo(shape.isEmpty() ? List.of() : List.of(shape.split("x")));
        Layer last = network.layers().get(layers - 1);
        assertThat(last.unprunableReason()).contains("its nodes are the classes");
        assertThat(network.layers().subList(0, layers - 1)).allMatch(Layer::prunable);

        ModelDirectory written = SavedModelWriter.write(
                folder.resolve("model"),
                model,
                ModelDescriptor.of(
                        "m",
                        new FeatureSpec(),
                        IntStream.range(0, model.classes())
                                .mapToObj(i -> "class " + i)
                                .toList()));
        FrozenModel again = GraphImporter.load(written.graph(), ImportOptions.DEFAULT);
        assertThat(again.fingerprint()).isEqualTo(model.fingerprint());
        assertThat(ModelVerifier.verify(written.graph(), ImportOptions.DEFAULT, again, 2))
                .isLessThanOrEqualTo(1e-6);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mnist_conv",
                "mobilenet_v1_025_128",
                "kws_ref_model",
                "kws_pb/DS_CNN_S.pb",
                "kws_pb/CNN_S.pb",
                "kws_pb/DNN_S.pb"
            })
    void shouldMeasureAndCompactWhenModelIsReal(String name) throws Exception {
        FrozenModel frozen = GraphImporter.load(SharedModels.find(name), ImportOptions.DEFAULT);
        ModelDescriptor descriptor = ModelDescriptor.of(
                "m",
                frozen.encoded() ? new EncodedSpec(16000) : new FeatureSpec(),
                IntStream.range(0, frozen.classes()).mapToObj(i -> "c" + i).toList());
        SplittableRandom random = new SplittableRandom(6);
        List<ModelInput> inputs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            float[] values = new float[frozen.inputSize()];
            for (int j = 0; j < values.length; j++) {
                values[j] = (float) random.nextDouble();
            }
            inputs.add(
                    frozen.encoded()
                            ? new ModelInput.Encoded(RandomRecording.wav(random))
                            : new ModelInput.Values(values));
        }
        try (TensorFlowModel model = TensorFlowModel.of(descriptor, frozen, 4)) {
            ActivationBatch batch = model.evaluate(inputs);
            for (int t = 0; t < batch.taps(); t++) {
                assertThat(batch.absolute()[t]).isNotNegative().isFinite();
                assertThat((double) Math.abs(batch.linear()[t]))
                        .isLessThanOrEqualTo(batch.absolute()[t] * 1.0001 + 1e-5);
            }
            BitSet kept = new BitSet();
            for (UnitGroup group : model.architecture().groups()) {
                for (int u = 0; u < group.size(); u++) {
                    kept.set(group.firstUnit() + u, u == 0 || random.nextBoolean());
                }
            }
            Mask mask = Mask.ofUnits(model.architecture(), kept);
            TensorFlowDeviceModels models = new TensorFlowDeviceModels(model);
            try (DeviceModel source = models.source();
                    DeviceModel masked = models.masked(new ModelUpdate(mask, Map.of()));
                    DeviceModel compacted =
                            models.compacted(new ModelUpdate(mask, Map.of())).orElseThrow()) {
                for (int i = 0; i < inputs.size(); i++) {
                    float[] posterior = source.run(inputs.get(i));
                    for (int c = 0; c < posterior.length; c++) {
                        assertThat(posterior[c]).isCloseTo(batch.posterior()[i * posterior.length + c], within(1e-5f));
                    }
                    assertThat(compacted.run(inputs.get(i)))
                            .usingComparatorWithPrecision(1e-5f)
                            .containsExactly(masked.run(inputs.get(i)));
                }
                assertThat(((RunnableModel) compacted).frozen().graph().getSerializedSize())
                        .isLessThan(frozen.graph().getSerializedSize() * 7 / 10);
            }
        }
    }
}
