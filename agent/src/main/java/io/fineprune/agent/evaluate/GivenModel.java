package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.method.Bench;
import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.source.SourceException;
import io.fineprune.agent.source.SourceModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One model for all users, with the moments that "fineprune calibrate" or "train" wrote beside it. */
public final class GivenModel implements EvaluatedModels {
    private final Path directory;
    private final List<Recording> recordings;
    private final String identity;
    private final Optional<SourceMoments> moments;

    /** Opens the model once, to know it. */
    public GivenModel(Path directory, List<Recording> recordings) {
        this.directory = directory;
        this.recordings = List.copyOf(recordings);
        this.moments = SourceMoments.read(directory);
        try (TensorFlowModel model = open()) {
            this.identity = "%s %s %d"
                    .formatted(
                            model.frozen().fingerprint(),
                            model.architecture().labels(),
                            moments.map(SourceMoments::events).orElse(0L));
        }
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public Bench open(String user, EvaluationListener listener) {
        return new Bench(open(), moments);
    }

    private TensorFlowModel open() {
        try {
            return SourceModels.open(directory, TensorFlowModel.DEFAULT_BATCH_SIZE, recordings);
        } catch (SourceException e) {
            throw new EvaluationException(String.valueOf(e.getMessage()), e);
        }
    }
}
