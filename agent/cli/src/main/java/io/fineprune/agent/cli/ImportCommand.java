package io.fineprune.agent.cli;

import io.fineprune.agent.inspect.ModelSummary;
import io.fineprune.agent.model.LabelFile;
import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.preprocessing.PreprocessingSpec;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.GraphImporter;
import io.fineprune.agent.tensorflow.graph.ImportOptions;
import io.fineprune.agent.tensorflow.graph.ModelVerifier;
import io.fineprune.agent.tensorflow.graph.SavedModelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Takes over a model trained elsewhere: flattens and freezes it, folds constants and batch norm into the weights, checks"
                    + " the result against the original on random input, and writes a model directory.",
            "A model that is not supported is refused with exit code 3; the message names operation and node."
        })
final class ImportCommand implements Callable<Integer> {
    @Mixin
    private ModelSourceOptions source = new ModelSourceOptions();

    @Mixin
    private PreprocessingOptions preprocessing = new PreprocessingOptions();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the model directory goes.")
    private Path out = Path.of("");

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "The model's id, which events name (default: the file's name).")
    private @Nullable String id;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description =
                    "Names of the classes in their order, a line each (default: labels.txt beside or in the model, if it fits;"
                            + " else class-0, class-1...).")
    private @Nullable Path labels;

    @Override
    public Integer call() throws IOException {
        ImportOptions options = source.options();
        if (Files.exists(out) && Files.exists(source.path()) && Files.isSameFile(out, source.path())) {
            throw new CommandFailedException(
                    ExitCode.USAGE, "Expected another folder than the original's as --out, but was " + out);
        }
        GraphImporter.Verified verified = GraphImporter.verified(source.path(), options);
        FrozenModel model = verified.model();
        PreprocessingSpec spec = preprocessing.of(model);
        ModelDescriptor descriptor = descriptor(spec, labels(model.classes()));
        ModelDirectory written = SavedModelWriter.write(out, model, descriptor);
        FrozenModel again = GraphImporter.load(written.graph(), ImportOptions.DEFAULT);
        if (!again.fingerprint().equals(model.fingerprint())) {
            throw new CommandFailedException(
                    ExitCode.FAILURE,
                    "Expected the model in %s to have fingerprint %s, but was %s; is the disk sound?"
                            .formatted(out, model.fingerprint(), again.fingerprint()));
        }
        ModelSummary summary = ModelSummary.of(descriptor.id(), again);
        System.out.printf(
                "Imported %s as %s: input %s, %d classes, %d layers, %,d weights, %,d MACs an event%n",
                source.path(),
                descriptor.id(),
                summary.input(),
                summary.classes(),
                summary.rows().size(),
                summary.weights(),
                summary.macs());
        System.out.printf(
                "Equal to the original within %.1e on random input (tolerance %.0e)%n",
                verified.difference(), ModelVerifier.TOLERANCE);
        System.out.printf("Fingerprint %s; model directory %s%n", model.fingerprint(), out);
        return ExitCode.OK;
    }

    private ModelDescriptor descriptor(PreprocessingSpec spec, List<String> names) {
        try {
            return ModelDescriptor.of(id == null ? source.defaultId() : id, spec, names);
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(ExitCode.USAGE, "Expected a sound description, but " + e.getMessage());
        }
    }

    private List<String> labels(int classes) throws IOException {
        if (labels != null) {
            List<String> names = LabelFile.read(labels);
            if (names.size() != classes) {
                throw new CommandFailedException(
                        ExitCode.USAGE,
                        "Expected %d labels in %s, since the model has as many classes, but was %d"
                                .formatted(classes, labels, names.size()));
            }
            return names;
        }
        Path path = source.path();
        for (Path candidate : List.of(path.resolve("labels.txt"), path.resolveSibling("labels.txt"))) {
            if (Files.isRegularFile(candidate)) {
                List<String> names = LabelFile.read(candidate);
                if (names.size() == classes) {
                    System.out.println("Labels from " + candidate);
                    return names;
                }
            }
        }
        return IntStream.range(0, classes).mapToObj(i -> "class-" + i).toList();
    }
}
