package io.fineprune.agent.evaluate.method;

import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.Pruner;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.pruning.SparsityReport;

/** A mask and nothing else: the paper's Algorithm 1 as it is written, and its controls. */
record MaskMethod(String name, String description, Criterion criterion, Granularity granularity)
        implements AdaptationMethod {
    @Override
    public boolean usesEvents() {
        return criterion != Criterion.CRITERION_MAGNITUDE && criterion != Criterion.CRITERION_RANDOM;
    }

    @Override
    public String memory() {
        return usesEvents() ? "O(sum n_i)" : "none";
    }

    @Override
    public Adapted adapt(EvaluatedModel bench, UserStream stream, double sparsity) throws UnusableEventException {
        UserStream used = usesEvents() ? stream : stream.first(0);
        Mask mask = mask(bench, used, sparsity, criterion, granularity);
        return Adapted.of(
                bench.masked(mask),
                Shares.of(SparsityReport.of(bench.architecture(), mask)),
                usesEvents()
                        ? bench.costs().observing(stream.events())
                        : criterion == Criterion.CRITERION_RANDOM
                                ? bench.costs().nothing()
                                : bench.costs().weightScores());
    }

    static Mask mask(
            EvaluatedModel bench, UserStream stream, double sparsity, Criterion criterion, Granularity granularity)
            throws UnusableEventException {
        PruningPlan plan = new PruningPlan(
                        criterion,
                        granularity,
                        Scope.SCOPE_LAYER,
                        Math.min(sparsity, PruningPlan.MAX_SPARSITY),
                        stream.seed())
                .withLayerLimits(bench.layerLimits());
        return Pruner.prune(bench.prunable(), bench.observe(stream).sums(), plan);
    }
}
