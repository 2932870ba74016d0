package io.fineprune.agent.tensorflow;

import io.fineprune.agent.tensorflow.compact.Compactor;
import io.fineprune.agent.tensorflow.compact.MaskedGraph;
import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PrunableModel;
import io.fineprune.topology.pruning.Pruner;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.sums.ActivationSums;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A model, the same under a mask, and the same without what the mask removes.
 *
 * @param dense as imported
 * @param masked of the same size, with zeros; computes the same as compacted
 * @param compacted physically smaller
 * @param report what was removed
 */
public record PruningVariants(FrozenModel dense, FrozenModel masked, FrozenModel compacted, SparsityReport report) {
    /** Removes the same share of the nodes of every group, drawn from the seed. */
    public static PruningVariants random(FrozenModel dense, double share, long seed) {
        Network network = Network.of(dense);
        Architecture architecture = network.architecture(
                "random",
                dense.fingerprint(),
                IntStream.range(0, dense.classes()).mapToObj(i -> "c" + i).toList());
        FlatGraph constants = FlatGraph.of(dense.graph());
        PrunableModel prunable = new PrunableModel(
                architecture,
                layer -> Constants.floats(
                        constants.node(network.nodes().get(layer).kernel())));
        PruningPlan plan = new PruningPlan(
                Criterion.CRITERION_RANDOM, Granularity.GRANULARITY_NODE, Scope.SCOPE_LAYER, share, seed);
        Mask mask = Pruner.prune(prunable, ActivationSums.empty(architecture), plan);
        FrozenModel masked = MaskedGraph.of(dense, network, architecture, mask, Map.of());
        return new PruningVariants(dense, masked, Compactor.compact(masked), SparsityReport.of(architecture, mask));
    }
}
