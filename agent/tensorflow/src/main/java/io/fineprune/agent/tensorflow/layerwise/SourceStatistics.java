package io.fineprune.agent.tensorflow.layerwise;

import io.fineprune.agent.model.SourceMoments;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.repair.ClassMoments;
import io.fineprune.topology.repair.NodeMoments;
import io.fineprune.topology.repair.SourceClasses;
import java.util.Map;
import java.util.Optional;

/**
 * Statistics of a model's activations on the data that it was trained on; each may be unknown.
 *
 * @param layers moments of the pre-activations by the layer's index
 * @param byClass the same for each class by itself
 * @param classes how the classes lie among the inputs of the last layer
 * @param users mean inputs of the last layer by user and class; shared arrays, never written to
 * @param input moments of the input's bands
 */
public record SourceStatistics(
        Map<Integer, NodeMoments> layers,
        Map<Integer, ClassMoments> byClass,
        Optional<SourceClasses> classes,
        Optional<double[][][]> users,
        Optional<NodeMoments> input) {
    /** No statistics, for a model that was not calibrated. */
    public static final SourceStatistics NONE =
            new SourceStatistics(Map.of(), Map.of(), Optional.empty(), Optional.empty(), Optional.empty());

    public SourceStatistics {
        layers = Map.copyOf(layers);
        byClass = Map.copyOf(byClass);
    }

    /**
     * Converts the moments that a model directory holds.
     *
     * @param bands of the input
     * @throws IllegalArgumentException if it was measured on another graph
     */
    public static SourceStatistics of(SourceMoments moments, Architecture architecture, int bands) {
        return new SourceStatistics(
                Calibration.of(moments, architecture),
                Calibration.byClass(moments, architecture),
                Calibration.classes(moments, architecture),
                Calibration.users(moments, architecture),
                Calibration.ofInput(moments, bands));
    }
}
