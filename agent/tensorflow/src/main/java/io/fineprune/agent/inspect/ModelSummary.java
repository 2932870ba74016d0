package io.fineprune.agent.inspect;

import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.units.LayerNode;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.agent.tensorflow.units.Wiring;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.activation.UnitGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The layers of a model and the groups in which they are pruned. Immutable.
 *
 * @param id its name
 * @param fingerprint SHA-256 of the frozen graph
 * @param input its dimensions without the batch, such as 49x10x1, or "one encoded recording"
 * @param rows its layers in the order of the graph
 * @param groups sizes of the groups of units that are removed together, in their order
 */
public record ModelSummary(
        String id, String fingerprint, String input, int classes, List<Row> rows, List<Integer> groups, Wiring wiring) {
    public ModelSummary {
        rows = List.copyOf(rows);
        groups = List.copyOf(groups);
    }

    /**
     * One layer.
     *
     * @param kind such as "convolution 3x3"
     * @param positions output positions per event
     * @param weights number of weights without biases
     * @param macs multiply-accumulate operations per event
     * @param prunableNodes nodes that may be removed; fewer than all where some are tied to what may not
     * @param group its place among the groups, if its nodes are in one
     * @param whyNot why no node may be removed, if so
     */
    public record Row(
            String name,
            String kind,
            int nodes,
            int inputs,
            long positions,
            long weights,
            long macs,
            int prunableNodes,
            Optional<Integer> group,
            Optional<String> whyNot) {}

    /** Describes a model; nothing is run. */
    public static ModelSummary of(String id, FrozenModel model) {
        Network network = Network.of(model);
        List<Row> rows = new ArrayList<>();
        for (int l = 0; l < network.layers().size(); l++) {
            rows.add(row(network, l));
        }
        String input = model.encoded()
                ? "one encoded recording"
                : Arrays.stream(model.inputShape()).mapToObj(Integer::toString).collect(Collectors.joining("x"));
        return new ModelSummary(
                id,
                model.fingerprint(),
                input,
                model.classes(),
                rows,
                network.groups().stream().map(UnitGroup::size).toList(),
                Wiring.of(model, network));
    }

    private static Row row(Network network, int index) {
        Layer layer = network.layers().get(index);
        Optional<Integer> group = IntStream.range(0, network.groups().size())
                .filter(g -> network.groups().get(g).layers().contains(index))
                .boxed()
                .findFirst();
        Optional<String> whyNot = layer.unprunableReason().or(() -> group.flatMap(g -> tied(network, g)));
        int prunable = whyNot.isPresent()
                ? 0
                : (int) Arrays.stream(layer.outputUnits())
                        .filter(unit -> unit >= 0)
                        .count();
        return new Row(
                layer.name(),
                kind(network.nodes().get(index)),
                layer.nodes(),
                layer.inputs(),
                layer.positions(),
                layer.weights(),
                layer.weights() * layer.positions(),
                prunable,
                group,
                whyNot);
    }

    /** Returns why a group is not pruned, which needs all its layers to be prunable; empty if it is. */
    private static Optional<String> tied(Network network, int group) {
        return network.groups().get(group).layers().stream()
                .map(network.layers()::get)
                .filter(layer -> !layer.prunable())
                .findFirst()
                .map(layer -> "tied to " + layer.name() + ": "
                        + layer.unprunableReason().orElse(""));
    }

    private static String kind(LayerNode node) {
        String kind = node.kind().name().toLowerCase(Locale.ROOT);
        int[] shape = node.kernelShape();
        return node.kind() == LayerKind.DENSE ? kind : "%s %dx%d".formatted(kind, shape[0], shape[1]);
    }

    public long nodes() {
        return rows.stream().mapToLong(Row::nodes).sum();
    }

    public long prunableNodes() {
        return rows.stream().mapToLong(Row::prunableNodes).sum();
    }

    /** Units in all groups; removing one removes all its nodes. */
    public long units() {
        return groups.stream().mapToLong(Integer::longValue).sum();
    }

    /** Weights of all layers, without biases. */
    public long weights() {
        return rows.stream().mapToLong(Row::weights).sum();
    }

    /** Multiply-accumulate operations per event of all layers. */
    public long macs() {
        return rows.stream().mapToLong(Row::macs).sum();
    }
}
