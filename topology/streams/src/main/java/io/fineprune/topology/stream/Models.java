package io.fineprune.topology.stream;

import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.SourceModel;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import io.fineprune.topology.lifecycle.Personalizer;
import io.fineprune.topology.pruning.PrunableModel;
import io.fineprune.topology.repair.LayerwiseModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The source models by id, with their weight norms for pruning. Immutable; shared by all tasks. */
final class Models {
    private final Map<String, SourceModel> sources;
    private final Map<String, PrunableModel> prunable = new TreeMap<>();
    private final Map<String, Personalizer> personalizers = new TreeMap<>();

    Models(Map<String, SourceModel> sources, Map<String, LayerwiseModel> layerwise) {
        this.sources = Map.copyOf(sources);
        this.sources.forEach((id, model) -> {
            if (!id.equals(model.architecture().modelId())) {
                throw new IllegalArgumentException("Expected model %s under its own id, but found it under %s"
                        .formatted(model.architecture().modelId(), id));
            }
            PrunableModel described = PrunableModel.of(model);
            prunable.put(id, described);
            personalizers.put(id, new Personalizer(described, Optional.ofNullable(layerwise.get(id))));
        });
    }

    /** Ids in alphabetical order. */
    Set<String> ids() {
        return new TreeSet<>(sources.keySet());
    }

    /** Names of the classes of each model. */
    Map<String, List<String>> labels() {
        Map<String, List<String>> labels = new TreeMap<>();
        sources.forEach((id, model) -> labels.put(id, model.architecture().labels()));
        return labels;
    }

    Optional<SourceModel> source(String id) {
        return Optional.ofNullable(sources.get(id));
    }

    Optional<PrunableModel> prunable(String id) {
        return Optional.ofNullable(prunable.get(id));
    }

    Optional<Personalizer> personalizer(String id) {
        return Optional.ofNullable(personalizers.get(id));
    }

    /** Prepares an event's input; every failure that an event can cause becomes an UnusableEventException. */
    ModelInput prepare(SensorEvent event) throws UnusableEventException {
        SourceModel model = sources.get(event.getModelId());
        if (model == null) {
            throw new UnusableEventException(
                    Reason.UNKNOWN_MODEL,
                    "Expected one of the models %s, but was %s".formatted(ids(), event.getModelId()));
        }
        try {
            return model.prepare(event);
        } catch (RuntimeException e) {
            throw new UnusableEventException(
                    Reason.UNDECODABLE,
                    "Expected a payload that model %s decodes, but: %s".formatted(event.getModelId(), e),
                    e);
        }
    }
}
