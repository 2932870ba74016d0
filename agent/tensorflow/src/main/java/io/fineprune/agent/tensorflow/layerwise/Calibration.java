package io.fineprune.agent.tensorflow.layerwise;

import io.fineprune.agent.model.SourceMoments;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerStream;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.NodeMoments;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Measures the source moments of a model, and finds those of a model's layers again. */
public final class Calibration {
    /** More source data than this adds nothing. */
    public static final int ENOUGH_EVENTS = 1000;

    private Calibration() {}

    /**
     * Measures on source data.
     *
     * @param bands of the input; 0 where it is no numbers
     * @param inputs at least one; evenly chosen from, if there are more than {@value #ENOUGH_EVENTS}
     * @throws UnusableEventException if an input has another shape than the model's
     */
    public static SourceMoments measure(LayerwiseModel model, int bands, List<ModelInput> inputs)
            throws UnusableEventException {
        List<ModelInput> used = new ArrayList<>();
        int count = Math.min(ENOUGH_EVENTS, inputs.size());
        for (int i = 0; i < count; i++) {
            used.add(inputs.get((int) ((long) i * inputs.size() / count)));
        }
        Architecture architecture = model.architecture();
        List<SourceMoments.LayerMoments> layers = new ArrayList<>();
        try (LayerStream stream = model.stream(used)) {
            for (int l = 0; l < architecture.layers().size(); l++) {
                NodeMoments moments = stream.moments(l, model.source(l));
                stream.advance(l, model.source(l));
                layers.add(new SourceMoments.LayerMoments(
                        architecture.layers().get(l).name(), moments.mean(), moments.deviation()));
            }
        }
        return new SourceMoments(architecture.fingerprint(), count, layers, bands == 0 ? null : input(bands, used));
    }

    private static SourceMoments.LayerMoments input(int bands, List<ModelInput> inputs) throws UnusableEventException {
        NodeMoments moments = InputScaling.moments(bands, inputs);
        return new SourceMoments.LayerMoments("input", moments.mean(), moments.deviation());
    }

    /** The moments of the input's bands, if these are known. */
    public static Optional<NodeMoments> ofInput(SourceMoments moments, int bands) {
        return Optional.ofNullable(moments.input())
                .filter(input -> input.mean().length == bands && input.deviation().length == bands)
                .map(input -> new NodeMoments(input.mean(), input.deviation()));
    }

    /**
     * The moments by the layer's index.
     *
     * @throws IllegalArgumentException if they were measured on another graph
     */
    public static Map<Integer, NodeMoments> of(SourceMoments moments, Architecture architecture) {
        if (!moments.fingerprint().equals(architecture.fingerprint())) {
            throw new IllegalArgumentException(
                    "Expected source moments of the model with fingerprint %s, but were of %s; calibrate it again"
                            .formatted(architecture.fingerprint(), moments.fingerprint()));
        }
        Map<Integer, NodeMoments> found = new HashMap<>();
        for (int l = 0; l < architecture.layers().size(); l++) {
            Layer layer = architecture.layers().get(l);
            int index = l;
            moments.layers().stream()
                    .filter(m -> m.layer().equals(layer.name()) && m.mean().length == layer.nodes())
                    .findFirst()
                    .ifPresent(m -> found.put(index, new NodeMoments(m.mean(), m.deviation())));
        }
        return found;
    }
}
