package io.fineprune.agent.cli;

import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.agent.source.Payloads;
import io.fineprune.agent.source.SourceModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.layerwise.Calibration;
import io.fineprune.agent.tensorflow.layerwise.TensorFlowLayerwiseModel;
import io.fineprune.topology.activation.ModelInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "calibrate",
        mixinStandardHelpOptions = true,
        description = {
            "Measures how a source model's nodes behave on the data that it was trained on, and writes that beside the model "
                    + "(" + SourceMoments.FILE + "). Homeostatic scaling gives each user's nodes that behaviour back.",
            "'fineprune train' does this by itself."
        })
final class CalibrateCommand implements Callable<Integer> {
    private static final int BATCH = 32;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Directory of the source model.")
    private @Nullable Path model;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "PATH",
            description = "Recordings that it was trained on, as for 'fineprune train'; no labels are used.")
    private @Nullable Path data;

    @Override
    public Integer call() throws Exception {
        if (model == null || data == null) {
            throw new CommandFailedException(ExitCode.USAGE, "Expected --model and --data");
        }
        List<Recording> recordings = Recordings.load(data);
        try (TensorFlowModel source =
                        SourceModels.open(ModelDirectory.open(model).path(), BATCH);
                TensorFlowLayerwiseModel layerwise = source.layerwise(Optional.empty());
                Progress progress = Progress.standard()) {
            List<ModelInput> inputs = new ArrayList<>();
            for (Recording recording : recordings) {
                inputs.add(source.prepare(Payloads.of(recording)));
                progress.show("Reading recordings", inputs.size(), recordings.size());
            }
            SourceMoments moments = Calibration.measure(layerwise, source.inputBands(), inputs);
            moments.write(model);
            System.out.printf(
                    "Measured %d layers on %d recordings; written to %s%n",
                    moments.layers().size(), moments.events(), model.resolve(SourceMoments.FILE));
        }
        return ExitCode.OK;
    }
}
