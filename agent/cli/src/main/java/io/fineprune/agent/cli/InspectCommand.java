package io.fineprune.agent.cli;

import io.fineprune.agent.inspect.DotPicture;
import io.fineprune.agent.inspect.ModelSummary;
import io.fineprune.agent.inspect.SummaryJson;
import io.fineprune.agent.inspect.SummaryTable;
import io.fineprune.agent.inspect.SvgPicture;
import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.tensorflow.graph.GraphImporter;
import io.fineprune.agent.tensorflow.graph.ImportOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = {
            "Shows what a model consists of: layers, nodes, weights, multiply-accumulate operations (MACs), which layers are pruned"
                    + " together, which can be pruned, and why others cannot.",
            "MODEL may also be a model directory."
        })
final class InspectCommand implements Callable<Integer> {
    @Mixin
    private ModelSourceOptions source = new ModelSourceOptions();

    @Option(
            names = "--picture",
            paramLabel = "FILE",
            description = "Draw the network with its groups into FILE.svg, or FILE.dot for Graphviz; may be repeated.")
    private List<Path> pictures = new ArrayList<>();

    @Option(names = "--json", description = "Write JSON instead of a table.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        for (Path picture : pictures) {
            if (!svg(picture) && !dot(picture)) {
                throw new CommandFailedException(
                        ExitCode.USAGE, "Expected a file that ends in .svg or .dot as --picture, but was " + picture);
            }
        }
        ModelSummary summary = summary();
        for (Path picture : pictures) {
            Files.writeString(picture, svg(picture) ? SvgPicture.of(summary) : DotPicture.of(summary));
        }
        System.out.println(json ? SummaryJson.of(summary) : SummaryTable.of(summary));
        return ExitCode.OK;
    }

    private ModelSummary summary() {
        if (Files.isRegularFile(source.path().resolve(ModelDirectory.DESCRIPTOR))) {
            ModelDirectory directory = ModelDirectory.open(source.path());
            ModelDescriptor descriptor = directory.descriptor();
            ImportOptions options = new ImportOptions(descriptor.signature(), descriptor.input(), descriptor.output());
            return ModelSummary.of(descriptor.id(), GraphImporter.load(directory.graph(), options));
        }
        return ModelSummary.of(source.defaultId(), GraphImporter.load(source.path(), source.options()));
    }

    private static boolean svg(Path file) {
        return file.toString().endsWith(".svg");
    }

    private static boolean dot(Path file) {
        return file.toString().endsWith(".dot") || file.toString().endsWith(".gv");
    }
}
