package io.fineprune.agent.tensorflow.graph;

import java.util.Optional;
import org.tensorflow.proto.NodeDef;

/** The range in which a number lies that is computed from random numbers and scalars: tells dropout that drops nothing. */
record RandomRange(double low, double high) {
    private static final double BELOW_ONE = 1 - Math.ulp(1f);
    private static final int MAX_DEPTH = 8;

    static Optional<RandomRange> of(FlatGraph graph, String name, int depth) {
        NodeDef node = graph.node(name);
        if (depth > MAX_DEPTH) {
            return Optional.empty();
        }
        return switch (node.getOp()) {
            case "RandomUniform" -> Optional.of(new RandomRange(0, BELOW_ONE));
            case "Const" ->
                Constants.isFloat(node) && Constants.shape(node).length == 0
                        ? Optional.of(new RandomRange(Constants.floats(node)[0], Constants.floats(node)[0]))
                        : Optional.empty();
            case "Add", "AddV2" ->
                both(graph, node, depth)
                        .map(pair -> new RandomRange(pair[0].low + pair[1].low, pair[0].high + pair[1].high));
            case "Sub" ->
                both(graph, node, depth)
                        .map(pair -> new RandomRange(pair[0].low - pair[1].high, pair[0].high - pair[1].low));
            case "Mul" ->
                both(graph, node, depth)
                        .filter(pair -> pair[0].low >= 0 && pair[1].low >= 0)
                        .map(pair -> new RandomRange(pair[0].low * pair[1].low, pair[0].high * pair[1].high));
            default -> Optional.empty();
        };
    }

    /** Returns the whole number to which every number of the range is rounded down; empty if there are several. */
    Optional<Float> floor() {
        return Math.floor(low) == Math.floor(high) ? Optional.of((float) Math.floor(low)) : Optional.empty();
    }

    private static Optional<RandomRange[]> both(FlatGraph graph, NodeDef node, int depth) {
        Optional<RandomRange> a = of(graph, FlatGraph.inputRef(node, 0).node(), depth + 1);
        Optional<RandomRange> b = of(graph, FlatGraph.inputRef(node, 1).node(), depth + 1);
        return a.isPresent() && b.isPresent() ? Optional.of(new RandomRange[] {a.get(), b.get()}) : Optional.empty();
    }
}
