package io.fineprune.agent.cli;

import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.agent.source.SourceTraining;
import io.fineprune.agent.tensorflow.graph.SavedModelWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = {
            "Trains a source model (VGG-7: six convolutions, two dense layers) on labelled recordings of many users.",
            "The result is a model directory: a SavedModel and model.yaml."
        })
final class TrainCommand implements Callable<Integer> {
    @Option(
            names = "--data",
            required = true,
            paramLabel = "PATH",
            description =
                    "Recordings: files {label}_{user}_{index}.wav, a folder per label, a manifest.csv, or idx images.")
    private Path data = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the model goes.")
    private Path out = Path.of("");

    @Option(names = "--leave-out", paramLabel = "USER", description = "Train without this user; may be repeated.")
    private List<String> leaveOut = new ArrayList<>();

    @Option(names = "--epochs", defaultValue = "20", description = "Passes over the recordings (default: 20).")
    private int epochs;

    @Option(names = "--seed", defaultValue = "1", description = "Of weights, order and augmentation (default: 1).")
    private long seed;

    @Option(names = "--id", defaultValue = "vgg7", description = "The model's id, which events name (default: vgg7).")
    private String id = "vgg7";

    @Option(names = "--batch-norm", description = "A batch norm after each convolution; folded into the weights.")
    private boolean batchNorm;

    @Option(names = "--augment", description = "Shift, scale, mask and add noise at random, to fit more users.")
    private boolean augment;

    @Override
    public Integer call() throws Exception {
        if (epochs < 1) {
            throw new CommandFailedException(ExitCode.USAGE, "Expected at least 1 as --epochs, but was " + epochs);
        }
        List<Recording> all = Recordings.load(data);
        List<Recording> used = all.stream()
                .filter(recording -> !leaveOut.contains(recording.user()))
                .toList();
        for (String user : leaveOut) {
            if (all.stream().noneMatch(recording -> recording.user().equals(user))) {
                throw new CommandFailedException(
                        ExitCode.USAGE,
                        "Expected one of the users %s as --leave-out, but was %s"
                                .formatted(Recordings.byUser(all).keySet(), user));
            }
        }
        SourceTraining.Trained trained;
        try (Progress progress = Progress.standard()) {
            trained = SourceTraining.train(
                    used,
                    new SourceTraining.Options(id, epochs, seed, batchNorm, augment),
                    step -> progress.show(
                            "Training: epoch %d of %d, loss %.3f, accuracy %.3f"
                                    .formatted(step.epoch(), step.epochs(), step.loss(), step.accuracy()),
                            (step.epoch() - 1L) * step.batches() + step.batch(),
                            1L * step.epochs() * step.batches()));
        }
        SavedModelWriter.write(out, trained.result().model(), trained.descriptor());
        trained.moments().write(out);
        System.out.printf(
                "Trained on %d recordings of %d users; accuracy on them %.3f; model %s in %s%n",
                used.size(), Recordings.byUser(used).size(), trained.result().accuracy(), id, out);
        return ExitCode.OK;
    }
}
