package io.fineprune.agent.cli;

import io.fineprune.agent.tensorflow.graph.ImportOptions;
import io.fineprune.agent.tensorflow.graph.UnsupportedModelException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Options that name a model file, and its signature, input and output. */
final class ModelSourceOptions {
    private static final int MAX_ID_CHARACTERS = 48;

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "Folder of a SavedModel (TensorFlow 1 or 2, Keras 2 or 3), or file of a frozen GraphDef.")
    private Path path = Path.of("");

    @Option(
            names = "--signature",
            paramLabel = "NAME",
            description = "Signature of a SavedModel (default: serving_default).")
    private @Nullable String signature;

    @Option(
            names = {"--inputs", "--input"},
            paramLabel = "NAME",
            split = ",",
            description =
                    "The input: its name in the signature, or a tensor of a frozen graph (default: the only one).")
    private List<String> inputs = List.of();

    @Option(
            names = {"--outputs", "--output"},
            paramLabel = "NAME",
            split = ",",
            description =
                    "The output: its name in the signature, or a tensor of a frozen graph (default: the only one).")
    private List<String> outputs = List.of();

    Path path() {
        return path;
    }

    ImportOptions options() {
        return new ImportOptions(Optional.ofNullable(signature), one("input", inputs), one("output", outputs));
    }

    /** A name for the model from that of its file. */
    String defaultId() {
        String name = String.valueOf(path.toAbsolutePath().normalize().getFileName());
        String plain = name.replaceAll("\\.(pb|pbtxt)$", "").replaceAll("[^A-Za-z0-9._-]", "-");
        return plain.isEmpty() ? "model" : plain.substring(0, Math.min(plain.length(), MAX_ID_CHARACTERS));
    }

    private static Optional<String> one(String what, List<String> names) {
        if (names.size() > 1) {
            throw new UnsupportedModelException(
                    "Unsupported: %d %ss %s were named, expected one; export the model with one input and one output"
                            .formatted(names.size(), what, names));
        }
        return names.stream().findFirst();
    }
}
