package io.fineprune.agent.tensorflow.compact;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds constants to a graph. Layers that shared a constant share the new one too, as long as their values are equal.
 */
final class NewConstants {
    private final FlatGraph graph;
    private final Map<String, List<Made>> made = new HashMap<>();

    private record Made(String name, int[] shape, float[] values) {}

    NewConstants(FlatGraph graph) {
        this.graph = graph;
    }

    /**
     * Adds a constant, or finds the equal one that was made from the same.
     *
     * @param origin the constant that it replaces
     * @return its name
     */
    String add(String origin, String wanted, int[] shape, float[] values) {
        List<Made> siblings = made.computeIfAbsent(origin, key -> new ArrayList<>());
        for (Made sibling : siblings) {
            if (Arrays.equals(sibling.shape(), shape) && Arrays.equals(sibling.values(), values)) {
                return sibling.name();
            }
        }
        String name = graph.freeName(wanted);
        graph.add(Constants.floats(name, shape, values));
        siblings.add(new Made(name, shape, values));
        return name;
    }
}
