package io.fineprune.agent.tensorflow.compact;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.NodeBuilder;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import io.fineprune.agent.tensorflow.units.LayerNode;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerParameters;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The source graph under a mask: of the same shape, with zeros in the place of removed weights. A removed node has no weights and
 * no bias, and whoever reads it has zero weights for it, so that nothing of it is left whatever activation function, sum or
 * product lies between.
 */
public final class MaskedGraph {
    private MaskedGraph() {}

    /** Applies a mask and leaves the input as it is. */
    public static FrozenModel of(
            FrozenModel model,
            Network network,
            Architecture architecture,
            Mask mask,
            Map<Integer, LayerParameters> repaired) {
        return of(model, network, architecture, mask, repaired, Optional.empty());
    }

    /**
     * Applies a mask.
     *
     * @param architecture of the same model
     * @param repaired weights and biases by the layer's index in the source model's full shape, in the place of the source
     *     model's; absent layers keep theirs
     * @param scaling normalisation of the model's input, if any
     * @throws IllegalArgumentException if sizes do not fit, or nothing is left of a layer
     */
    public static FrozenModel of(
            FrozenModel model,
            Network network,
            Architecture architecture,
            Mask mask,
            Map<Integer, LayerParameters> repaired,
            Optional<InputScaling> scaling) {
        if (mask.layers().size() != network.nodes().size()) {
            throw new IllegalArgumentException("Expected a mask of %d layers, but was %d"
                    .formatted(network.nodes().size(), mask.layers().size()));
        }
        FlatGraph graph = FlatGraph.of(model.graph());
        BitSet keptUnits = SparsityReport.keptUnits(architecture, mask);
        Map<TensorRef, TensorRef> added = new HashMap<>();
        NewConstants constants = new NewConstants(graph);
        Optional<NormalisedInput> input = scaling.map(bands -> new NormalisedInput(model, network, graph, bands));
        for (int l = 0; l < network.nodes().size(); l++) {
            LayerNode node = network.nodes().get(l);
            Layer layer = architecture.layers().get(l);
            LayerParameters parameters = repaired.containsKey(l)
                    ? repaired.getOrDefault(l, new LayerParameters(new float[0], new float[0]))
                    : source(graph, node);
            check(layer, parameters);
            float[] weights = parameters.weights().clone();
            float[] biases = parameters.biases().clone();
            zero(weights, biases, layer, l, mask, keptUnits);
            input.ifPresent(normalised -> normalised.fold(node, weights, biases));
            replaceKernel(graph, constants, node, weights);
            replaceBias(graph, constants, node, biases, added);
        }
        graph.redirect(added);
        rewireAdded(graph, added);
        input.ifPresent(normalised -> normalised.before(graph));
        graph.prune(List.of(model.posterior()));
        return model.with(graph.toGraphDef());
    }

    private static LayerParameters source(FlatGraph graph, LayerNode node) {
        return new LayerParameters(
                Constants.floats(graph.node(node.kernel())),
                node.bias().map(bias -> Constants.floats(graph.node(bias))).orElseGet(() -> new float[node.nodes()]));
    }

    private static void check(Layer layer, LayerParameters parameters) {
        if (parameters.weights().length != layer.weights() || parameters.biases().length != layer.nodes()) {
            throw new IllegalArgumentException("Expected %d weights and %d biases for layer %s, but was %d and %d"
                    .formatted(
                            layer.weights(),
                            layer.nodes(),
                            layer.name(),
                            parameters.weights().length,
                            parameters.biases().length));
        }
    }

    private static void zero(float[] weights, float[] biases, Layer layer, int index, Mask mask, BitSet keptUnits) {
        boolean byWeight = mask.granularity() == Granularity.GRANULARITY_WEIGHT;
        boolean depthwise = layer.kind() == LayerKind.DEPTHWISE;
        int left = 0;
        for (int n = 0; n < layer.nodes(); n++) {
            boolean keeps = byWeight || (mask.keeps(index, n) && kept(layer.outputUnit(n), keptUnits));
            biases[n] = keeps ? biases[n] : 0;
            left += keeps ? 1 : 0;
            for (int i = n; i < weights.length; i += layer.nodes()) {
                int input = i / layer.nodes() % layer.inputs();
                boolean stays = byWeight
                        ? mask.keeps(index, i)
                        : keeps && (depthwise || kept(layer.inputUnit(input), keptUnits));
                if (!stays) {
                    weights[i] = 0;
                }
            }
        }
        if (left == 0) {
            throw new IllegalArgumentException(
                    "Expected a mask that leaves something of layer %s, but it removes all %d nodes"
                            .formatted(layer.name(), layer.nodes()));
        }
    }

    private static boolean kept(int unit, BitSet keptUnits) {
        return unit < 0 || keptUnits.get(unit);
    }

    private static void replaceKernel(FlatGraph graph, NewConstants constants, LayerNode node, float[] weights) {
        String name = constants.add(node.kernel(), node.name() + "/masked", node.kernelShape(), weights);
        graph.put(graph.node(node.name()).toBuilder().setInput(1, name).build());
    }

    /** Replaces a layer's bias, or adds one if the layer has none and the repair's biases are not all zero. */
    private static void replaceBias(
            FlatGraph graph, NewConstants constants, LayerNode node, float[] biases, Map<TensorRef, TensorRef> added) {
        boolean any = node.biased().isPresent();
        for (float bias : biases) {
            any |= bias != 0;
        }
        if (!any) {
            return;
        }
        String name = constants.add(
                node.bias().orElse(node.name()), node.name() + "/bias/masked", new int[] {biases.length}, biases);
        if (node.biased().isPresent()) {
            graph.put(graph.node(node.biased().get()).toBuilder()
                    .setInput(1, name)
                    .build());
        } else {
            String add = graph.freeName(node.name() + "/BiasAdd");
            graph.add(NodeBuilder.ofFloat("BiasAdd", add)
                    .input(node.name())
                    .input(name)
                    .build());
            added.put(TensorRef.of(node.name()), TensorRef.of(add));
        }
    }

    /** Redirecting the readers of a layer has made its own new bias read itself. */
    private static void rewireAdded(FlatGraph graph, Map<TensorRef, TensorRef> added) {
        added.forEach((layer, add) -> graph.put(
                graph.node(add.node()).toBuilder().setInput(0, layer.toString()).build()));
    }
}
