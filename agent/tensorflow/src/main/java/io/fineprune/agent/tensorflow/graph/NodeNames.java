package io.fineprune.agent.tensorflow.graph;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.proto.NodeDef;

/** Shortens the names that nested calls have made long. */
final class NodeNames {
    private NodeNames() {}

    /** New names, unique again, without the parts that only say that a function was called. */
    static Map<String, String> shortened(List<NodeDef> nodes, List<String> kept) {
        Map<String, String> names = new LinkedHashMap<>();
        Set<String> taken = new HashSet<>(kept);
        for (NodeDef node : nodes) {
            if (kept.contains(node.getName())) {
                names.put(node.getName(), node.getName());
                continue;
            }
            String wanted = Arrays.stream(node.getName().split("/"))
                    .filter(part -> !part.matches("(Stateful)?PartitionedCall(_\\d+)?"))
                    .collect(Collectors.joining("/"));
            wanted = wanted.isEmpty() ? node.getName() : wanted;
            String name = wanted;
            for (int i = 1; !taken.add(name); i++) {
                name = wanted + "_" + i;
            }
            names.put(node.getName(), name);
        }
        return names;
    }

    static FlatGraph rename(FlatGraph graph, Map<String, String> names) {
        FlatGraph renamed = new FlatGraph();
        for (NodeDef node : graph.nodes()) {
            NodeDef.Builder copy = node.toBuilder()
                    .setName(names.getOrDefault(node.getName(), node.getName()))
                    .clearDevice()
                    .clearExperimentalDebugInfo()
                    .clearInput();
            for (String input : node.getInputList()) {
                TensorRef from = TensorRef.parse(input);
                copy.addInput(new TensorRef(names.getOrDefault(from.node(), from.node()), from.index()).toString());
            }
            node.getAttrMap().keySet().stream()
                    .filter(key -> key.startsWith("_"))
                    .forEach(copy::removeAttr);
            renamed.add(copy.build());
        }
        return renamed;
    }
}
