package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.method.Bench;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.source.SourceException;
import io.fineprune.agent.source.SourceModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One model for all users. */
public final class GivenModel implements EvaluatedModels {
    private final Path directory;
    private final List<Recording> recordings;
    private final String identity;

    /** Opens the model once, to know it. */
    public GivenModel(Path directory, List<Recording> recordings) {
        this.directory = directory;
        this.recordings = List.copyOf(recordings);
        try (TensorFlowModel model = open()) {
            this.identity = model.frozen().fingerprint() + model.architecture().labels();
        }
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public Bench open(String user, EvaluationListener listener) {
        return new Bench(open(), Map.of());
    }

    private TensorFlowModel open() {
        try {
            return SourceModels.open(directory, TensorFlowModel.DEFAULT_BATCH_SIZE, recordings);
        } catch (SourceException e) {
            throw new EvaluationException(String.valueOf(e.getMessage()), e);
        }
    }
}
