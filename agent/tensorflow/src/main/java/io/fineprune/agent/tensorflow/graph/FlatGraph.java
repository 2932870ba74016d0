package io.fineprune.agent.tensorflow.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VersionDef;

/** A graph without functions whose nodes can be replaced and rewired. Keeps insertion order. Not safe for several threads. */
public final class FlatGraph {
    private static final int GRAPH_VERSION = 1087;
    private final Map<String, NodeDef> nodes = new LinkedHashMap<>();

    /** One place where a tensor is read. */
    public record Use(String node, int input) {}

    public static FlatGraph of(GraphDef graph) {
        FlatGraph flat = new FlatGraph();
        for (NodeDef node : graph.getNodeList()) {
            flat.add(node);
        }
        return flat;
    }

    /** Adds a node; its name must be new. */
    public void add(NodeDef node) {
        if (nodes.putIfAbsent(node.getName(), node) != null) {
            throw new InvalidModelException("Expected node names to be unique, found two nodes " + node.getName());
        }
    }

    /** Adds a node or replaces the one of its name, which keeps its place. */
    public void put(NodeDef node) {
        nodes.put(node.getName(), node);
    }

    public void remove(String name) {
        nodes.remove(name);
    }

    public Optional<NodeDef> find(String name) {
        return Optional.ofNullable(nodes.get(name));
    }

    /**
     * Returns the node of this name.
     *
     * @throws InvalidModelException if there is none
     */
    public NodeDef node(String name) {
        NodeDef node = nodes.get(name);
        if (node == null) {
            throw new InvalidModelException("Expected the graph to hold node " + name + ", but it does not");
        }
        return node;
    }

    /** The node that a data input reads. */
    public NodeDef input(NodeDef node, int input) {
        return node(inputRef(node, input).node());
    }

    /**
     * Returns the tensor that a node reads as one of its inputs.
     *
     * @throws InvalidModelException if the node has fewer inputs
     */
    public static TensorRef inputRef(NodeDef node, int input) {
        if (input >= node.getInputCount()) {
            throw new InvalidModelException("Expected node %s (%s) to have more than %d inputs, but it has %d"
                    .formatted(node.getName(), node.getOp(), input, node.getInputCount()));
        }
        return TensorRef.parse(node.getInput(input));
    }

    /** Follows a tensor back through identity operations to the operation that computes it. */
    TensorRef behindIdentities(TensorRef tensor) {
        TensorRef at = tensor;
        for (int steps = 0; Operations.IDENTITIES.contains(node(at.node()).getOp()); steps++) {
            if (steps > nodes.size()) {
                throw new InvalidModelException("Expected a graph without cycles, found one through " + tensor);
            }
            at = inputRef(node(at.node()), 0);
        }
        return at;
    }

    public List<NodeDef> nodes() {
        return new ArrayList<>(nodes.values());
    }

    public int size() {
        return nodes.size();
    }

    /** A name that no node has yet: the wanted one, or with a number. */
    public String freeName(String wanted) {
        String name = wanted;
        for (int i = 1; nodes.containsKey(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    /** Returns, for each tensor that is read, the places where it is. */
    public Map<TensorRef, List<Use>> uses() {
        Map<TensorRef, List<Use>> uses = new HashMap<>();
        for (NodeDef node : nodes.values()) {
            for (int i = 0; i < node.getInputCount(); i++) {
                if (!node.getInput(i).startsWith("^")) {
                    uses.computeIfAbsent(TensorRef.parse(node.getInput(i)), key -> new ArrayList<>())
                            .add(new Use(node.getName(), i));
                }
            }
        }
        return uses;
    }

    /** Makes every reader of a tensor read another; chains are followed. Control edges stay. */
    public void redirect(Map<TensorRef, TensorRef> replacements) {
        if (replacements.isEmpty()) {
            return;
        }
        for (NodeDef node : nodes()) {
            NodeDef.Builder changed = null;
            for (int i = 0; i < node.getInputCount(); i++) {
                if (node.getInput(i).startsWith("^")) {
                    continue;
                }
                TensorRef from = TensorRef.parse(node.getInput(i));
                TensorRef to = follow(from, replacements);
                if (!to.equals(from)) {
                    changed = changed == null ? node.toBuilder() : changed;
                    changed.setInput(i, to.toString());
                }
            }
            if (changed != null) {
                put(changed.build());
            }
        }
    }

    /** The end of a chain of replacements. */
    public static TensorRef follow(TensorRef from, Map<TensorRef, TensorRef> replacements) {
        TensorRef at = from;
        for (int steps = 0; ; steps++) {
            TensorRef next = replacements.get(at);
            if (next == null) {
                return at;
            }
            if (steps > replacements.size()) {
                throw new InvalidModelException("Expected a graph without cycles, found one through " + from);
            }
            at = next;
        }
    }

    /**
     * The nodes that the outputs need, each after those it reads. Control edges are ignored.
     *
     * @throws InvalidModelException if a node is missing, or there is a cycle
     */
    public List<NodeDef> ordered(Collection<TensorRef> outputs) {
        List<NodeDef> order = new ArrayList<>();
        Set<String> done = new HashSet<>();
        Set<String> open = new HashSet<>();
        Deque<String> stack = new ArrayDeque<>();
        for (TensorRef output : outputs) {
            stack.push(output.node());
            while (!stack.isEmpty()) {
                String name = stack.peek();
                if (done.contains(name)) {
                    stack.pop();
                    continue;
                }
                NodeDef node = node(name);
                boolean ready = true;
                boolean first = open.add(name);
                for (String input : node.getInputList()) {
                    if (input.startsWith("^")) {
                        continue;
                    }
                    String producer = TensorRef.parse(input).node();
                    if (!done.contains(producer)) {
                        if (!first || open.contains(producer)) {
                            // TensorFlow's loops are cycles by design; they are refused as unsupported, any other
                            // cycle as invalid.
                            open.stream()
                                    .sorted()
                                    .map(this::node)
                                    .filter(each -> Operations.isControlFlow(each.getOp()))
                                    .findFirst()
                                    .ifPresent(Operations::check);
                            throw new InvalidModelException(
                                    "Expected a graph without cycles, found one through node %s".formatted(producer));
                        }
                        stack.push(producer);
                        ready = false;
                    }
                }
                if (ready) {
                    stack.pop();
                    open.remove(name);
                    done.add(name);
                    order.add(node);
                }
            }
        }
        return order;
    }

    /** Drops what the outputs do not need, and all control edges, and puts the nodes in order. */
    public void prune(Collection<TensorRef> outputs) {
        List<NodeDef> kept = ordered(outputs);
        nodes.clear();
        for (NodeDef node : kept) {
            List<String> data = node.getInputList().stream()
                    .filter(input -> !input.startsWith("^"))
                    .toList();
            add(
                    data.size() == node.getInputCount()
                            ? node
                            : node.toBuilder().clearInput().addAllInput(data).build());
        }
    }

    public GraphDef toGraphDef() {
        return GraphDef.newBuilder()
                .addAllNode(nodes.values())
                .setVersions(VersionDef.newBuilder().setProducer(GRAPH_VERSION).setMinConsumer(12))
                .build();
    }
}
