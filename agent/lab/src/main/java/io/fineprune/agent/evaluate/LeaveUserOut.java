package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.method.EvaluatedModel;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.source.SourceException;
import io.fineprune.agent.source.SourceTraining;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.graph.SavedModelWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * For each user a model that was trained on all others, kept in a folder so that it is trained only once, with the moments of its
 * nodes, which are measured again when the code that measures them has changed. A recording of several users is left out for each
 * of them.
 */
public final class LeaveUserOut implements EvaluatedModels {
    private static final String MEASURED_BY = "measured-by.txt";

    private final List<Recording> recordings;
    private final SourceTraining.Options options;
    private final Path folder;
    private final String identity;

    /** @param cache holds the trained models, in a folder named by what they were trained on and how */
    public LeaveUserOut(List<Recording> recordings, SourceTraining.Options options, Path cache) {
        this.recordings = List.copyOf(recordings);
        this.options = options;
        this.identity = Examples.sha256(Examples.digest(recordings) + options);
        this.folder = cache.resolve(identity.substring(0, 16));
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public EvaluatedModel open(String user, EvaluationListener listener) {
        Path directory = folder.resolve(Examples.sha256(user).substring(0, 16));
        try {
            if (!Files.isRegularFile(directory.resolve(SourceMoments.FILE))) {
                train(user, directory, listener);
            } else if (!measuredBy(directory).equals(CodeDigest.ofMeasuring())) {
                keep(
                        directory,
                        SourceTraining.moments(TensorFlowModel.open(ModelDirectory.open(directory)), others(user)));
            }
        } catch (SourceException e) {
            throw new EvaluationException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot use " + directory, e);
        }
        return new EvaluatedModel(TensorFlowModel.open(ModelDirectory.open(directory)), SourceMoments.read(directory));
    }

    private void train(String user, Path directory, EvaluationListener listener) throws SourceException, IOException {
        SourceTraining.Trained trained =
                SourceTraining.train(others(user), options, progress -> listener.training(user, progress));
        SavedModelWriter.write(directory, trained.result().model(), trained.descriptor());
        keep(directory, trained.moments());
    }

    private static void keep(Path directory, SourceMoments moments) throws IOException {
        Files.writeString(directory.resolve(MEASURED_BY), CodeDigest.ofMeasuring());
        moments.write(directory);
    }

    private static String measuredBy(Path directory) throws IOException {
        Path file = directory.resolve(MEASURED_BY);
        return Files.isRegularFile(file) ? Files.readString(file) : "";
    }

    private List<Recording> others(String user) {
        Set<Recording.Source> own = new HashSet<>();
        recordings.stream()
                .filter(recording -> recording.user().equals(user))
                .forEach(recording -> own.add(recording.source()));
        List<Recording> others = recordings.stream()
                .filter(recording -> !own.contains(recording.source()))
                .toList();
        if (others.isEmpty()) {
            throw new EvaluationException(
                    "Expected recordings of other users than %s to train on, but found none".formatted(user));
        }
        return others;
    }
}
