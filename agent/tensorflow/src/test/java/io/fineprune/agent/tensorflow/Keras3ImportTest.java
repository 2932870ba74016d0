package io.fineprune.agent.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.GraphImporter;
import io.fineprune.agent.tensorflow.graph.ImportOptions;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.topology.activation.Layer;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.NodeDef;

/** Models that make_models.py has written: by export, and by tf.saved_model.save, which restores copies of the variables. */
class Keras3ImportTest {
    @ParameterizedTest
    @ValueSource(strings = {"keras3-export", "keras3-saved"})
    void shouldFoldToPlainLayersWhenKerasNestsFunctions(String name) throws URISyntaxException {
        Path path = Path.of(Objects.requireNonNull(getClass().getResource("/models/" + name))
                .toURI());
        GraphImporter.Verified verified = GraphImporter.verified(path, ImportOptions.DEFAULT);
        FrozenModel model = verified.model();
        Network network = Network.of(model);

        assertThat(verified.difference()).isLessThanOrEqualTo(1e-4);
        assertThat(network.layers())
                .extracting(Layer::nodes)
                .as("convolution, depthwise, pointwise, dense")
                .containsExactly(4, 4, 6, 3);
        assertThat(network.layers().get(0).biased())
                .as("batch norm became a bias")
                .isTrue();
        assertThat(model.graph().getNodeList())
                .extracting(NodeDef::getOp)
                .containsOnly(
                        "Placeholder",
                        "Const",
                        "Conv2D",
                        "DepthwiseConv2dNative",
                        "BiasAdd",
                        "Relu",
                        "Reshape",
                        "MatMul",
                        "Softmax");
    }
}
