package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.method.Bench;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.source.SourceException;
import io.fineprune.agent.source.SourceTraining;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.graph.SavedModelWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * For each user a model that was trained on all others, kept in a folder so that it is trained only once, with the moments of its
 * nodes.
 */
public final class LeaveUserOut implements EvaluatedModels {
    private final List<Recording> recordings;
    private final SourceTraining.Options options;
    private final Path folder;
    private final String identity;

    /** @param work holds the trained models, in a folder named by what they were trained on and how */
    public LeaveUserOut(List<Recording> recordings, SourceTraining.Options options, Path work) {
        this.recordings = List.copyOf(recordings);
        this.options = options;
        this.identity = Examples.sha256(Examples.digest(recordings) + options);
        this.folder = work.resolve("models").resolve(identity.substring(0, 16));
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public Bench open(String user, EvaluationListener listener) {
        Path directory = folder.resolve(Examples.sha256(user).substring(0, 16));
        if (!Files.isRegularFile(directory.resolve(SourceMoments.FILE))) {
            train(user, directory, listener);
        }
        return new Bench(TensorFlowModel.open(ModelDirectory.open(directory)), SourceMoments.read(directory));
    }

    private void train(String user, Path directory, EvaluationListener listener) {
        List<Recording> others = recordings.stream()
                .filter(recording -> !recording.user().equals(user))
                .toList();
        if (others.isEmpty()) {
            throw new EvaluationException(
                    "Expected recordings of other users than %s to train on, but found none".formatted(user));
        }
        try {
            SourceTraining.Trained trained =
                    SourceTraining.train(others, options, progress -> listener.training(user, progress));
            SavedModelWriter.write(directory, trained.result().model(), trained.descriptor());
            trained.moments().write(directory);
        } catch (SourceException e) {
            throw new EvaluationException(String.valueOf(e.getMessage()), e);
        }
    }
}
