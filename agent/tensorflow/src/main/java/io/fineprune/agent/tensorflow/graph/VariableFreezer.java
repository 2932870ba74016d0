package io.fineprune.agent.tensorflow.graph;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/**
 * Replaces variables by their values. Which entry of the checkpoint belongs to a variable is read off the model's own restore
 * operations, but these are never run.
 */
final class VariableFreezer {
    private static final Set<String> RESOURCES = Set.of("VarHandleOp");
    private static final Set<String> REFERENCES = Set.of("VariableV2", "Variable");
    private static final Set<String> READS = Set.of("ReadVariableOp");
    private static final Set<String> ASSIGNS = Set.of("Assign", "AssignVariableOp");

    private final FlatGraph whole;
    private final Map<String, String> entries = new HashMap<>();

    /** @param whole the expanded graph with its restore operations */
    VariableFreezer(FlatGraph whole) {
        this.whole = whole;
        Map<String, String> copies = new HashMap<>();
        for (NodeDef node : whole.nodes()) {
            if (ASSIGNS.contains(node.getOp())) {
                assigned(node, copies);
            }
        }
        copies.forEach((read, restored) -> {
            String entry = entries.get(restored);
            if (entry != null) {
                entries.putIfAbsent(read, entry);
            }
        });
    }

    /** Replaces the variables that a graph reads. */
    void freeze(FlatGraph graph, Path directory) {
        Map<TensorRef, String> reads = new LinkedHashMap<>();
        for (NodeDef node : graph.nodes()) {
            if (REFERENCES.contains(node.getOp())) {
                reads.put(TensorRef.of(node.getName()), node.getName());
            } else if (READS.contains(node.getOp())) {
                reads.put(TensorRef.of(node.getName()), variable(graph, node).getName());
            }
        }
        if (reads.isEmpty()) {
            return;
        }
        Map<String, NodeDef> variables = new LinkedHashMap<>();
        reads.values().forEach(name -> variables.put(name, graph.node(name)));
        Map<String, String> wanted = new LinkedHashMap<>();
        variables.forEach((name, node) -> wanted.put(name, entry(node)));
        Checkpoint checkpoint = new Checkpoint(directory);
        Map<String, NodeDef> values = new HashMap<>();
        wanted.forEach((name, key) -> values.put(name, checkpoint.constant(name, key)));
        reads.forEach((read, variable) -> {
            NodeDef value = Objects.requireNonNull(values.get(variable));
            graph.put(value.toBuilder().setName(read.node()).build());
        });
    }

    private String entry(NodeDef variable) {
        String entry = entries.get(key(variable));
        if (entry == null) {
            throw new UnsupportedModelException(
                    "Unsupported variable %s: the model restores it from no entry of its variables folder; export it frozen"
                            .formatted(variable.getName()));
        }
        return entry;
    }

    /** A restored value, or the value of another variable: Keras 3 restores a copy of each variable that it reads. */
    private void assigned(NodeDef assign, Map<String, String> copies) {
        if (assign.getInputCount() < 2) {
            return;
        }
        NodeDef variable =
                whole.node(whole.behindIdentities(FlatGraph.inputRef(assign, 0)).node());
        TensorRef source = whole.behindIdentities(FlatGraph.inputRef(assign, 1));
        NodeDef value = whole.node(source.node());
        if (value.getOp().equals("RestoreV2")) {
            NodeDef names = whole.node(
                    whole.behindIdentities(FlatGraph.inputRef(value, 1)).node());
            if (Constants.isConstant(names)
                    && source.index() < Constants.tensor(names).getStringValCount()) {
                entries.putIfAbsent(
                        key(variable),
                        Constants.tensor(names).getStringVal(source.index()).toStringUtf8());
            }
        } else if (READS.contains(value.getOp())) {
            NodeDef read = whole.node(
                    whole.behindIdentities(FlatGraph.inputRef(value, 0)).node());
            copies.putIfAbsent(key(read), key(variable));
        }
    }

    private static String key(NodeDef variable) {
        String shared = variable.getAttrOrDefault("shared_name", AttrValue.getDefaultInstance())
                .getS()
                .toStringUtf8();
        return shared.isEmpty() ? variable.getName() : "shared " + shared;
    }

    private static NodeDef variable(FlatGraph graph, NodeDef read) {
        NodeDef at =
                graph.node(graph.behindIdentities(FlatGraph.inputRef(read, 0)).node());
        if (!RESOURCES.contains(at.getOp()) && !REFERENCES.contains(at.getOp())) {
            throw UnsupportedModelException.operation(
                    at.getOp(), at.getName(), "expected a variable behind it; export the model frozen");
        }
        return at;
    }
}
