package io.fineprune.agent.tensorflow.units;

import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.Shapes;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import io.fineprune.agent.tensorflow.graph.UnsupportedModelException;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.UnitGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;

/** The layers, channels and measured tensors that pruning needs to know of a frozen graph. Immutable. */
public final class Network {
    private final List<LayerNode> nodes;
    private final List<Layer> layers;
    private final List<UnitGroup> groups;
    private final List<Measured> measured;
    private final Map<TensorRef, int[]> units;
    private final int taps;

    /**
     * A tensor whose channels are measured.
     *
     * @param tensor [batch, ..., width], or with the batch in another dimension
     * @param firstTap the tap of its channel 0
     * @param batchAxis the dimension of the events
     */
    public record Measured(TensorRef tensor, int width, int firstTap, int batchAxis) {}

    private Network(
            List<LayerNode> nodes,
            List<Layer> layers,
            List<UnitGroup> groups,
            List<Measured> measured,
            Map<TensorRef, int[]> units,
            int taps) {
        this.nodes = List.copyOf(nodes);
        this.layers = List.copyOf(layers);
        this.groups = List.copyOf(groups);
        this.measured = List.copyOf(measured);
        this.units = Map.copyOf(units);
        this.taps = taps;
    }

    /** Analyses a graph; nothing is run. */
    public static Network of(FrozenModel model) {
        int batch = model.fixedBatch().orElse(1);
        FlatGraph graph = model.withBatch(batch);
        Shapes shapes = Shapes.of(graph);
        LayerFinder finder = new LayerFinder(graph, shapes, batch);
        ChannelFlow channels = new ChannelFlow(graph, shapes);
        TapFlow taps = new TapFlow(graph, channels);
        List<LayerNode> layers = new ArrayList<>();
        List<List<TapFlow.Place>> inputPlaces = new ArrayList<>();
        for (NodeDef node : graph.ordered(List.of(model.posterior()))) {
            Optional<LayerNode> layer = finder.find(node);
            channels.take(node, layer);
            if (layer.isPresent()) {
                taps.measureLayer(layer.get().activation(), layer.get().nodes());
                layers.add(layer.get());
                inputPlaces.add(taps.ofInput(layer.get().input()));
            }
            taps.take(node, layer.isPresent());
        }
        if (layers.isEmpty()) {
            throw new UnsupportedModelException(
                    "Unsupported model: expected at least one Conv2D, DepthwiseConv2dNative or MatMul with constant weights,"
                            + " found none; export the model frozen");
        }
        channels.atoms().pin(channels.of(model.posterior()), "its nodes are the classes");
        Map<TensorRef, Integer> firstTaps = new HashMap<>();
        List<Measured> measured = new ArrayList<>();
        BatchOrder order = BatchOrder.of(model);
        int next = 0;
        for (TensorRef tensor : taps.inOrder(layers)) {
            Measured place = new Measured(tensor, taps.width(tensor), next, batchAxis(order, graph, tensor));
            measured.add(place);
            firstTaps.put(tensor, next);
            next += place.width();
        }
        UnitNumbering numbering = UnitNumbering.of(layers, channels);
        List<Layer> described = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            LayerNode layer = layers.get(i);
            int[] inputTaps = inputPlaces.get(i).stream()
                    .mapToInt(place -> firstTaps.getOrDefault(place.tensor(), 0) + place.channel())
                    .toArray();
            int[] made = channels.ofLayer(layer.name());
            described.add(new Layer(
                    layer.name(),
                    layer.kind(),
                    layer.nodes(),
                    layer.inputs(),
                    layer.kernelSize(),
                    layer.positions(),
                    layer.bias().isPresent(),
                    firstTaps.getOrDefault(layer.activation(), 0),
                    numbering.units(made),
                    numbering.units(channels.of(layer.input())),
                    inputTaps,
                    numbering.reason(made)));
        }
        Map<TensorRef, int[]> units = new HashMap<>();
        channels.forEach((tensor, atoms) -> units.put(tensor, numbering.units(atoms)));
        return new Network(layers, described, numbering.groups(), measured, units, next);
    }

    private static int batchAxis(BatchOrder order, FlatGraph graph, TensorRef tensor) {
        return order.axis(tensor)
                .orElseThrow(() -> UnsupportedModelException.operation(
                        graph.node(tensor.node()).getOp(),
                        tensor.node(),
                        "events and positions are mixed in its output; export the model with the batch first, and without"
                                + " dilated convolutions that are split into SpaceToBatchND and BatchToSpaceND"));
    }

    /** Describes the model without TensorFlow types, as the Streams application needs it. */
    public Architecture architecture(String modelId, String fingerprint, List<String> labels) {
        return new Architecture(modelId, fingerprint, layers, groups, taps, labels);
    }

    /** The layers in the order of the graph. */
    public List<LayerNode> nodes() {
        return nodes;
    }

    public List<Layer> layers() {
        return layers;
    }

    public List<UnitGroup> groups() {
        return groups;
    }

    /** The measured tensors in the order of their taps. */
    public List<Measured> measured() {
        return measured;
    }

    public int taps() {
        return taps;
    }

    /** The unit of each channel (last dimension) of a tensor, -1 where none removes it; empty for constants. */
    public int[] units(TensorRef tensor) {
        return units.getOrDefault(tensor, new int[0]).clone();
    }
}
