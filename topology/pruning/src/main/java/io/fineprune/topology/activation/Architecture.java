package io.fineprune.topology.activation;

import java.util.List;

/**
 * A source model as pruning sees it. Immutable.
 *
 * @param modelId the id that events name
 * @param fingerprint SHA-256 of the frozen graph, lower-case hexadecimal
 * @param layers in the order of the graph; the last is the output layer
 * @param groups in the order of the graph, covering the units 0 to units - 1 without a gap
 * @param taps places in the vector of activation sums
 * @param labels one per class, in the order of the model's output
 */
public record Architecture(
        String modelId, String fingerprint, List<Layer> layers, List<UnitGroup> groups, int taps, List<String> labels) {
    public Architecture {
        layers = List.copyOf(layers);
        groups = List.copyOf(groups);
        labels = List.copyOf(labels);
        int next = 0;
        for (UnitGroup group : groups) {
            if (group.firstUnit() != next) {
                throw new IllegalArgumentException("Expected group %s to begin at unit %d, but was %d"
                        .formatted(group.name(), next, group.firstUnit()));
            }
            next += group.size();
        }
    }

    /** Counts the units of the whole model. */
    public int units() {
        return groups.stream().mapToInt(UnitGroup::size).sum();
    }

    public int classes() {
        return labels.size();
    }
}
