package io.fineprune.agent.tensorflow.units;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.NodeDef;

/**
 * The connections between a model's layers, for pictures; element-wise operations are left out. Immutable.
 *
 * @param stops in the order of the data: those that a stop is linked from come before it
 * @param links from stop to stop, by their places in the list
 */
public record Wiring(List<Stop> stops, List<Link> links) {
    public Wiring {
        stops = List.copyOf(stops);
        links = List.copyOf(links);
    }

    /** Kind of node at which the walk along a channel ends. */
    public enum Kind {
        INPUT,
        LAYER,
        /** Brings several paths together: an addition, product, concatenation or the like. */
        JOIN,
        OUTPUT
    }

    /**
     * A place where paths begin, meet or end.
     *
     * @param name of the node in the frozen graph
     * @param operation of the node, as TensorFlow calls it
     * @param layer its index in {@link Network#layers()}; -1 for all but layers
     */
    public record Stop(Kind kind, String name, String operation, int layer) {}

    /** A connection along which data goes from one stop to another, given by their places in the list. */
    public record Link(int from, int to) {}

    /** Follows the graph from input to output; nothing is run. */
    public static Wiring of(FrozenModel model, Network network) {
        Map<String, Integer> layers = new HashMap<>();
        for (int l = 0; l < network.nodes().size(); l++) {
            layers.put(network.nodes().get(l).name(), l);
        }
        List<Stop> stops = new ArrayList<>();
        List<Link> links = new ArrayList<>();
        Map<String, Integer> stopOf = new HashMap<>();
        for (NodeDef node : FlatGraph.of(model.graph()).ordered(List.of(model.posterior()))) {
            Set<Integer> read = sources(node, stopOf);
            Integer layer = layers.get(node.getName());
            if (node.getName().equals(model.input().node())) {
                stopOf.put(node.getName(), add(stops, Kind.INPUT, node, -1));
            } else if (layer != null) {
                link(links, read, stops.size());
                stopOf.put(node.getName(), add(stops, Kind.LAYER, node, layer));
            } else if (read.size() > 1) {
                link(links, read, stops.size());
                stopOf.put(node.getName(), add(stops, Kind.JOIN, node, -1));
            } else if (read.size() == 1 && !Constants.isConstant(node)) {
                stopOf.put(node.getName(), read.iterator().next());
            }
        }
        Integer last = stopOf.get(model.posterior().node());
        if (last != null) {
            links.add(new Link(last, stops.size()));
        }
        stops.add(new Stop(Kind.OUTPUT, model.posterior().node(), "Output", -1));
        return new Wiring(stops, links);
    }

    private static Set<Integer> sources(NodeDef node, Map<String, Integer> stopOf) {
        Set<Integer> sources = new LinkedHashSet<>();
        for (String input : node.getInputList()) {
            Integer stop = stopOf.get(TensorRef.parse(input).node());
            if (stop != null) {
                sources.add(stop);
            }
        }
        return sources;
    }

    private static int add(List<Stop> stops, Kind kind, NodeDef node, int layer) {
        stops.add(new Stop(kind, node.getName(), node.getOp(), layer));
        return stops.size() - 1;
    }

    private static void link(List<Link> links, Set<Integer> from, int to) {
        from.forEach(stop -> links.add(new Link(stop, to)));
    }
}
