package io.fineprune.agent.tensorflow.layerwise;

import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import io.fineprune.agent.tensorflow.units.LayerNode;
import io.fineprune.topology.activation.LayerKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.proto.NodeDef;

/** Finds what each layer's input depends on, so that a layer can run from stored pre-activations. */
final class LayerPlans {
    private LayerPlans() {}

    static List<LayerPlan> of(FlatGraph graph, List<LayerNode> layers, TensorRef modelInput) {
        Map<TensorRef, Integer> outputs = new HashMap<>();
        for (int l = 0; l < layers.size(); l++) {
            outputs.put(output(layers.get(l)), l);
        }
        int[] lastUse = new int[layers.size()];
        List<LayerPlan> plans = new ArrayList<>();
        for (int l = 0; l < layers.size(); l++) {
            lastUse[l] = l;
            TreeSet<Integer> feeds = new TreeSet<>();
            boolean readsInput = reach(graph, layers.get(l).input(), outputs, modelInput, feeds);
            for (int feed : feeds) {
                lastUse[feed] = l;
            }
            plans.add(new LayerPlan(
                    output(layers.get(l)), List.copyOf(feeds), readsInput, l, refittable(graph, layers.get(l))));
        }
        for (int l = 0; l < plans.size(); l++) {
            plans.set(l, plans.get(l).withLastUse(lastUse[l]));
        }
        return List.copyOf(plans);
    }

    private static TensorRef output(LayerNode layer) {
        return TensorRef.of(layer.biased().orElse(layer.name()));
    }

    /** Collects the layers right above a tensor; whether the model's input is among what it needs besides. */
    private static boolean reach(
            FlatGraph graph,
            TensorRef from,
            Map<TensorRef, Integer> outputs,
            TensorRef modelInput,
            Set<Integer> feeds) {
        Deque<TensorRef> open = new ArrayDeque<>();
        Set<TensorRef> seen = new HashSet<>();
        open.push(from);
        boolean readsInput = false;
        while (!open.isEmpty()) {
            TensorRef tensor = open.pop();
            if (!seen.add(tensor)) {
                continue;
            }
            Integer layer = outputs.get(tensor);
            if (layer != null) {
                feeds.add(layer);
            } else if (tensor.node().equals(modelInput.node())) {
                readsInput = true;
            } else {
                NodeDef node = graph.node(tensor.node());
                for (int i = 0; i < node.getInputCount(); i++) {
                    if (!node.getInput(i).startsWith("^")) {
                        open.push(FlatGraph.inputRef(node, i));
                    }
                }
            }
        }
        return readsInput;
    }

    private static boolean refittable(FlatGraph graph, LayerNode layer) {
        NodeDef node = graph.node(layer.name());
        if (layer.kind() == LayerKind.DENSE) {
            return true;
        }
        String padding = node.getAttrOrThrow("padding").getS().toStringUtf8();
        boolean channelsLast = !node.containsAttr("data_format")
                || node.getAttrOrThrow("data_format").getS().toStringUtf8().equals("NHWC");
        return channelsLast && (padding.equals("SAME") || padding.equals("VALID"));
    }
}
