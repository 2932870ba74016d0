package io.fineprune.agent.tensorflow.units;

import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.activation.UnitGroup;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells the inner channels of residual blocks from the streams between them. What a block computes within itself, such as an
 * expansion with the depthwise convolution behind it, can be pruned far; what it adds to the stream is read by all blocks after
 * it.
 */
public final class InnerLayers {
    private InnerLayers() {}

    /**
     * The layers that have to be protected so that inner channels only are removed: those that several layers write to, those
     * without an activation function (linear projections), the first layer and the two last.
     *
     * @return in the order of the graph
     */
    public static List<String> others(Network network) {
        List<LayerNode> nodes = network.nodes();
        List<String> others = new ArrayList<>();
        for (UnitGroup group : network.groups()) {
            List<Integer> writers = group.layers().stream()
                    .filter(layer -> nodes.get(layer).kind() != LayerKind.DEPTHWISE)
                    .toList();
            boolean inner = writers.size() == 1
                    && writers.get(0) > 0
                    && writers.get(0) < nodes.size() - 2
                    && !linear(nodes.get(writers.get(0)));
            if (!inner) {
                group.layers().stream().map(layer -> nodes.get(layer).name()).forEach(others::add);
            }
        }
        return List.copyOf(others);
    }

    private static boolean linear(LayerNode node) {
        return node.activation().node().equals(node.biased().orElse(node.name()));
    }
}
