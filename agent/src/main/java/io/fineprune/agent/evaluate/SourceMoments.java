package io.fineprune.agent.evaluate;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.layerwise.TensorFlowLayerwiseModel;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.LayerStream;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.NodeMoments;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Mean and deviation of every layer's pre-activations on data of the kind that a source model was trained on. */
final class SourceMoments {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SourceMoments() {}

    /** Measures them, by the layer's index. */
    static Map<Integer, NodeMoments> measure(TensorFlowModel model, List<ModelInput> inputs) {
        Map<Integer, NodeMoments> moments = new TreeMap<>();
        try (LayerwiseModel layerwise =
                        new TensorFlowLayerwiseModel(model.architecture(), model.frozen(), model.network(), Map.of());
                LayerStream stream = layerwise.stream(inputs)) {
            for (int l = 0; l < model.architecture().layers().size(); l++) {
                moments.put(l, stream.moments(l, layerwise.source(l)));
                stream.advance(l, layerwise.source(l));
            }
        } catch (UnusableEventException e) {
            throw new EvaluationException("The model refuses source data: " + e.getMessage(), e);
        }
        return moments;
    }

    static Map<Integer, NodeMoments> read(Path file) {
        try {
            return JSON.readValue(file.toFile(), new TypeReference<TreeMap<Integer, NodeMoments>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    static void write(Path file, Map<Integer, NodeMoments> moments) {
        try {
            Path partial = file.resolveSibling(file.getFileName() + ".partial");
            JSON.writeValue(partial.toFile(), moments);
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }
}
