package io.fineprune.agent.tensorflow.units;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.Operations;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.NodeDef;

/**
 * Finds for every tensor which measured tensor tells about its channels: pooling, padding, reshaping and concatenation pass on
 * the measurement in front of them; any other tensor that a layer reads is measured itself.
 */
final class TapFlow {
    private final FlatGraph graph;
    private final ChannelFlow channels;
    private final Map<TensorRef, List<Place>> passed = new HashMap<>();
    private final Map<TensorRef, List<Place>> measured = new LinkedHashMap<>();
    private final Set<TensorRef> ofLayers = new HashSet<>();
    private final Set<String> behindLayers = new HashSet<>();

    /** One channel of a measured tensor. */
    record Place(TensorRef tensor, int channel) {}

    TapFlow(FlatGraph graph, ChannelFlow channels) {
        this.graph = graph;
        this.channels = channels;
    }

    /** Announces that a layer's activations are measured at a tensor, before its node is taken. */
    void measureLayer(TensorRef activation, int nodes) {
        ofLayers.add(activation);
        measured.put(activation, places(activation, nodes));
    }

    /** Processes the next node, in an order in which every node comes after those that it reads. */
    void take(NodeDef node, boolean layer) {
        if (layer
                || node.getInputList().stream()
                        .anyMatch(input ->
                                behindLayers.contains(TensorRef.parse(input).node()))) {
            behindLayers.add(node.getName());
        }
        TensorRef out = TensorRef.of(node.getName());
        if (measured.containsKey(out)) {
            passed.put(out, measured.getOrDefault(out, List.of()));
            return;
        }
        List<Place> places = pass(node);
        int width = channels.of(out).length;
        if (!places.isEmpty() && width % places.size() == 0) {
            List<Place> tiled = new ArrayList<>(width);
            for (int i = 0; i < width; i++) {
                tiled.add(places.get(i % places.size()));
            }
            passed.put(out, tiled);
        }
    }

    private List<Place> pass(NodeDef node) {
        String op = node.getOp();
        boolean padsChannels = false;
        if (op.endsWith("Pad") || op.equals("PadV2")) {
            padsChannels =
                    channels.of(TensorRef.of(node.getName())).length != channels.of(FlatGraph.inputRef(node, 0)).length;
        }
        if ((Operations.SPATIAL.contains(op) && !padsChannels)
                || Operations.RESHAPES.contains(op)
                || (op.equals("Transpose")
                        && Arrays.equals(
                                channels.of(TensorRef.of(node.getName())), channels.of(FlatGraph.inputRef(node, 0))))
                || (Operations.REDUCTIONS.contains(op)
                        && channels.of(TensorRef.of(node.getName())).length
                                == channels.of(FlatGraph.inputRef(node, 0)).length)) {
            return passed.getOrDefault(FlatGraph.inputRef(node, 0), List.of());
        }
        if (op.equals("ConcatV2") && Constants.isConstant(graph.input(node, node.getInputCount() - 1))) {
            List<Place> all = new ArrayList<>();
            for (int i = 0; i < node.getInputCount() - 1; i++) {
                List<Place> part = passed.getOrDefault(FlatGraph.inputRef(node, i), List.of());
                if (part.isEmpty()) {
                    return List.of();
                }
                all.addAll(part);
            }
            return all.size() == channels.of(TensorRef.of(node.getName())).length ? all : List.of();
        }
        return List.of();
    }

    /** The measurements of a tensor that a layer reads. */
    List<Place> ofInput(TensorRef tensor) {
        List<Place> known = passed.get(tensor);
        if (known != null && known.size() == channels.of(tensor).length) {
            return known;
        }
        List<Place> places = places(tensor, channels.of(tensor).length);
        measured.put(tensor, places);
        passed.put(tensor, places);
        return places;
    }

    /** Measured tensors in the order of taps: in front of all layers, of layers, and others. */
    List<TensorRef> inOrder(List<LayerNode> layers) {
        List<TensorRef> order = new ArrayList<>();
        measured.keySet().stream()
                .filter(tensor -> !ofLayers.contains(tensor) && !behindLayers.contains(tensor.node()))
                .forEach(order::add);
        layers.stream().map(LayerNode::activation).distinct().forEach(order::add);
        measured.keySet().stream()
                .filter(tensor -> !ofLayers.contains(tensor) && behindLayers.contains(tensor.node()))
                .forEach(order::add);
        return order;
    }

    int width(TensorRef tensor) {
        return measured.getOrDefault(tensor, List.of()).size();
    }

    private static List<Place> places(TensorRef tensor, int count) {
        Place[] places = new Place[count];
        Arrays.setAll(places, i -> new Place(tensor, i));
        return List.of(places);
    }
}
