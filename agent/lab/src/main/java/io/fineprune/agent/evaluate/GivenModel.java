package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.method.EvaluatedModel;
import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.source.SourceException;
import io.fineprune.agent.source.SourceModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.units.Network;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** One model for all users, with the moments that "fineprune calibrate" or "train" wrote beside it. */
public final class GivenModel implements EvaluatedModels {
    private final Path directory;
    private final List<Recording> recordings;
    private final String identity;
    private final Optional<SourceMoments> moments;
    private final Map<String, Double> layerLimits;

    /** Opens the model once, to know it; every layer is pruned. */
    public GivenModel(Path directory, List<Recording> recordings) {
        this(directory, recordings, network -> List.of());
    }

    /**
     * Opens the model once, to know it.
     *
     * @param spared names the layers of which methods that prune by activations remove nothing
     */
    public GivenModel(Path directory, List<Recording> recordings, Function<Network, List<String>> spared) {
        this.directory = directory;
        this.recordings = List.copyOf(recordings);
        this.moments = SourceMoments.read(directory);
        try (TensorFlowModel model = open()) {
            this.layerLimits = new TreeMap<>();
            spared.apply(model.network()).forEach(layer -> layerLimits.put(layer, 0.0));
            this.identity = "%s %s %d%s"
                    .formatted(
                            model.frozen().fingerprint(),
                            model.architecture().labels(),
                            moments.map(SourceMoments::events).orElse(0L),
                            layerLimits.isEmpty() ? "" : " without " + layerLimits.keySet());
        }
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public EvaluatedModel open(String user, EvaluationListener listener) {
        return new EvaluatedModel(open(), moments, layerLimits);
    }

    private TensorFlowModel open() {
        try {
            return SourceModels.open(directory, TensorFlowModel.DEFAULT_BATCH_SIZE, recordings);
        } catch (SourceException e) {
            throw new EvaluationException(String.valueOf(e.getMessage()), e);
        }
    }
}
