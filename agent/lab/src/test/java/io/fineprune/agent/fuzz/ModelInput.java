package io.fineprune.agent.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fineprune.agent.model.LabelFile;
import io.fineprune.agent.model.ModelDescriptionException;
import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.model.PreprocessingFile;
import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.preprocessing.AudioSpec;
import io.fineprune.agent.tensorflow.graph.InvalidModelException;
import io.fineprune.agent.tensorflow.graph.ModelReaders;
import io.fineprune.agent.tensorflow.graph.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Model directories, as far as they are read without TensorFlow: description, labels, source moments, graphs, variables. */
final class ModelInput implements FuzzTarget.Input {
    private static final int KINDS = 7;

    private final Folder folder = new Folder();

    @Override
    public void take(byte[] bytes) throws IOException {
        if (bytes.length < 1) {
            return;
        }
        folder.clear();
        byte[] content = Bytes.from(bytes, 1);
        try {
            switch (Math.floorMod(bytes[0], KINDS)) {
                case 0 -> {
                    folder.write(ModelDirectory.DESCRIPTOR, content);
                    ModelDirectory read = ModelDirectory.open(folder.path());
                    if (read.descriptor().graph().isEmpty()) { // which would have to be there again
                        ModelDescriptor again = ModelDirectory.write(folder.path(), read.descriptor())
                                .descriptor();
                        Bytes.check(
                                ModelDirectory.open(folder.path()).descriptor().equals(again), "the same description");
                    }
                }
                case 1 -> PreprocessingFile.read(folder.write("preprocessing.yaml", content));
                case 2 -> LabelFile.read(folder.write("labels.txt", content));
                case 3 -> moments(content);
                case 4 -> ModelReaders.index(content);
                case 5 -> {
                    folder.write("variables/variables.index", Bytes.first(content));
                    folder.write("variables/variables.data-00000-of-00001", Bytes.second(content));
                    ModelReaders.variables(folder.path());
                }
                default -> {
                    folder.write("saved_model.pb", content);
                    ModelReaders.savedModel(folder.path());
                    ModelReaders.frozenGraph(folder.write("frozen.pb", content));
                }
            }
        } catch (ModelDescriptionException | InvalidModelException | UnsupportedModelException e) {
            Bytes.check(!String.valueOf(e.getMessage()).isBlank(), "a reason");
        }
    }

    private void moments(byte[] content) throws IOException {
        folder.write(SourceMoments.FILE, content);
        SourceMoments read = SourceMoments.read(folder.path()).orElseThrow();
        read.write(folder.path());
        SourceMoments again = SourceMoments.read(folder.path()).orElseThrow();
        Bytes.check(again.layers().size() == read.layers().size(), "the same layers again");
        for (SourceMoments.LayerMoments layer : read.layers()) {
            Bytes.check(layer.mean().length == layer.deviation().length, "a mean and a deviation of each node");
        }
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        try {
            folder.clear();
            ModelDirectory.write(
                    folder.path(),
                    ModelDescriptor.of("digits", AudioSpec.logMel(8_000, 32, 32), List.of("one", "two")));
            byte[] description = Files.readAllBytes(folder.path().resolve(ModelDirectory.DESCRIPTOR));
            seeds.add(Bytes.of(0, description));
            seeds.add(Bytes.of(
                    0,
                    "id: a\nlabelsFile: labels.txt\ngraph: model.pb\npreprocessing: {type: encoded, sampleRateHz: 8000}\n"
                            .getBytes(UTF_8)));
            seeds.add(Bytes.of(
                    0,
                    "id: a\nlabelsFile: \"\\0\"\ngraph: \"\\0\"\npreprocessing: {type: features}\n".getBytes(UTF_8)));
            seeds.add(Bytes.of(0, "id: a\npreprocessing:\n".getBytes(UTF_8)));
            seeds.add(Bytes.of(1, description));
            seeds.add(Bytes.of(2, "crane\ncrane\n".getBytes(UTF_8)));
            seeds.add(Bytes.of(
                    3,
                    "{\"fingerprint\":\"ab\",\"events\":2,\"layers\":[{\"layer\":\"a\",\"mean\":[1],\"deviation\":[2]}]}"
                            .getBytes(UTF_8)));
            seeds.add(Bytes.of(3, "null".getBytes(UTF_8)));
            seeds.add(
                    Bytes.of(3, "{\"fingerprint\":\"\",\"layers\":[{\"layer\":\"a\",\"mean\":[1]}]}".getBytes(UTF_8)));
            seeds.add(Bytes.of(3, new byte[] {0, 0, 0, 'n', 'n', 'f', 'e', 0})); // beyond UTF-32
            byte[] index = ModelReaders.sampleIndex();
            seeds.add(Bytes.of(4, index));
            seeds.add(Bytes.joined(5, index, ModelReaders.sampleData()));
            seeds.add(Bytes.of(6, ModelReaders.sampleSavedModel()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return seeds;
    }
}
