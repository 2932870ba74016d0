package io.fineprune.agent.cli;

import io.fineprune.agent.export.CompactExport;
import io.fineprune.agent.export.ExportException;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.MessageSerde;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.MaskUpdate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "compact",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a user's pruned model as a SavedModel from which the pruned channels are gone, for devices that run TensorFlow"
                    + " without this program.",
            "The result is loaded again and compared with the masked source model."
        })
final class CompactCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "The source model's directory.")
    private Path model = Path.of("");

    @ArgGroup(multiplicity = "1")
    private MaskSource mask = new MaskSource();

    @Option(
            names = {"--to", "--out"},
            required = true,
            paramLabel = "DIR",
            description = "Where the smaller model goes.")
    private Path out = Path.of("");

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "The smaller model's id (default: the source model's and the mask's version).")
    private @Nullable String id;

    static final class MaskSource {
        @Option(
                names = "--mask",
                paramLabel = "FILE",
                required = true,
                description = "A mask as 'fineprune masks save' writes it.")
        private @Nullable Path file;

        @Option(
                names = "--user",
                paramLabel = "ID",
                required = true,
                description = "The mask in force for this user, from the topic.")
        private @Nullable String user;
    }

    @Override
    public Integer call() throws Exception {
        ModelDirectory source = ModelDirectory.open(model);
        if (Files.exists(out) && Files.isSameFile(out, model)) {
            throw new CommandFailedException(
                    ExitCode.USAGE, "Expected another folder than the source model's as --to, but was " + out);
        }
        MaskUpdate update = update(source.descriptor().id());
        String name = id == null ? source.descriptor().id() + "-v" + update.getVersion() : id;
        try {
            long before = graphBytes(source);
            CompactExport export = CompactExport.write(source, update, out, name);
            long after = graphBytes(export.directory());
            System.out.printf(
                    "Removed %s for user %s, version %d%n",
                    Shares.of(export.report().toMessage()), update.getUserId(), update.getVersion());
            System.out.printf(
                    "Equal to the masked model within %.1e on random input (tolerance %.0e)%n",
                    export.difference(), CompactExport.TOLERANCE);
            System.out.printf("%,d bytes instead of %,d; model %s in %s%n", after, before, name, out);
            return ExitCode.OK;
        } catch (ExportException e) {
            throw new CommandFailedException(ExitCode.FAILURE, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(ExitCode.USAGE, "Expected a sound id, but " + e.getMessage());
        }
    }

    private static long graphBytes(ModelDirectory directory) throws java.io.IOException {
        Path graph = directory.graph();
        return Files.size(Files.isDirectory(graph) ? graph.resolve("saved_model.pb") : graph);
    }

    private MaskUpdate update(String modelId) throws Exception {
        if (mask.user != null) {
            return new FleetControl(Topics.standard(), cluster.load().kafka())
                    .mask(new UserModelKey(mask.user, modelId))
                    .orElseThrow(() -> new CommandFailedException(
                            ExitCode.FAILURE,
                            "There is no mask of model %s for user %s".formatted(modelId, mask.user)));
        }
        Path file = mask.file == null ? Path.of("") : mask.file;
        MessageSerde<MaskUpdate> serde = MessageSerdes.joinedMaskUpdate();
        if (!Files.isRegularFile(file)) {
            throw new CommandFailedException(
                    ExitCode.FAILURE,
                    "Expected a file that 'fineprune masks save' wrote as --mask, but %s is none".formatted(file));
        }
        if (Files.size(file) > serde.maxBytes()) {
            throw new CommandFailedException(
                    ExitCode.FAILURE,
                    "Expected at most %d bytes as --mask, but %s has %d"
                            .formatted(serde.maxBytes(), file, Files.size(file)));
        }
        try {
            return serde.fromBytes(Files.readAllBytes(file));
        } catch (MalformedMessageException e) {
            throw new CommandFailedException(
                    ExitCode.FAILURE, "Expected a mask in %s, but: %s".formatted(file, e.getMessage()));
        }
    }
}
