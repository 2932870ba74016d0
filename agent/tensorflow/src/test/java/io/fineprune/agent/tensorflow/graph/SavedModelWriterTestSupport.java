package io.fineprune.agent.tensorflow.graph;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.preprocessing.FeatureSpec;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** Writes models for tests. */
final class SavedModelWriterTestSupport {
    private SavedModelWriterTestSupport() {}

    static Path write(Path folder, FrozenModel model) {
        return SavedModelWriter.write(
                        folder.resolve("model"),
                        model,
                        ModelDescriptor.of(
                                "m",
                                new FeatureSpec(),
                                IntStream.range(0, model.classes())
                                        .mapToObj(i -> "c" + i)
                                        .toList()))
                .path();
    }
}
