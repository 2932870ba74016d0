package io.fineprune.agent.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.preprocessing.FeatureSpec;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.GraphImporter;
import io.fineprune.agent.tensorflow.graph.ImportOptions;
import io.fineprune.agent.tensorflow.graph.ModelVerifier;
import io.fineprune.agent.tensorflow.graph.SavedModelWriter;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.UnitGroup;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        FrozenModel model = GraphImporter.load(path, ImportOptions.DEFAULT);
        Network network = Network.of(model);

        assertThat(ModelVerifier.verify(path, ImportOptions.DEFAULT, model, 1)).isLessThanOrEqualTo(1e-4);
        assertThat(network.layers()).hasSize(layers);
        assertThat(network.groups().stream().mapToInt(UnitGroup::size).sum()).isEqualTo(units);
        assertThat(IntStream.of(model.inputShape()).mapToObj(String::valueOf).toList())
                .isEqualTo(shape.isEmpty() ? java.util.List.of() : java.util.List.of(shape.split("x")));
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
}
