package io.fineprune.agent.evaluate.method;

import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.Personalization;
import io.fineprune.topology.lifecycle.PersonalizationPlan;
import io.fineprune.topology.lifecycle.Personalizer;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerRepair;
import io.fineprune.topology.repair.RepairSettings;
import java.util.Map;
import java.util.Optional;

/**
 * What the topology publishes for a user, by the topology's own code: pruned, repaired, and judged without labels.
 *
 * @param rounds over which the events are spread and the sparsity rises; what the last round that published made is taken
 */
record PersonalizedMethod(
        String name,
        String description,
        Granularity granularity,
        UpdateKind kind,
        boolean gated,
        int rounds,
        Scope scope,
        RepairSettings repairs)
        implements AdaptationMethod {
    PersonalizedMethod(String name, String description, Granularity granularity, UpdateKind kind, boolean gated) {
        this(name, description, granularity, kind, gated, 1, Scope.SCOPE_LAYER, RepairSettings.DEFAULT);
    }

    @Override
    public String memory() {
        return "O(sum n_i + max n_i^2)";
    }

    @Override
    public Adapted adapt(Bench bench, UserStream stream, double sparsity) throws UnusableEventException {
        int kept = Math.min(stream.events(), stream.reservoirCapacity());
        PersonalizationPlan plan = limited(plan(sparsity, stream.seed()), bench.layerLimits());
        bench.input(repairs, stream.reservoir());
        Personalization outcome = outcome(bench, stream, plan);
        int swept = Math.min(kept, repairs.sweepEvents());
        Cost cost = bench.costs()
                .observing(stream.events())
                .then(bench.costs().sweep(swept, kind == UpdateKind.UPDATE_KIND_REFIT, 1 - sparsity))
                .then(bench.costs().head(kept));
        if (outcome instanceof Personalization.Ready ready) {
            Map<Integer, LayerParameters> parameters = bench.masked(ready.mask());
            ready.repairs()
                    .forEach((layer, repair) ->
                            parameters.computeIfPresent(layer, (l, masked) -> LayerRepair.apply(repair, masked)));
            return new Adapted(
                    parameters,
                    ready.input(),
                    Optional.empty(),
                    Shares.of(SparsityReport.of(bench.architecture(), ready.mask())),
                    cost,
                    verdict(outcome, ready.estimate(), true));
        }
        return new Adapted(
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Shares.NONE,
                cost,
                verdict(outcome, outcome.source(), false));
    }

    private Personalization outcome(Bench bench, UserStream stream, PersonalizationPlan plan)
            throws UnusableEventException {
        if (rounds == 1) {
            return personalize(bench, stream, plan, Optional.empty());
        }
        EffectiveSettings settings = new EffectiveSettings(plan, new Budget(1, 0, rounds, true, 0));
        Optional<Personalization.Ready> inForce = Optional.empty();
        for (int round = 1; round <= rounds; round++) {
            PersonalizationPlan ofRound = settings.forRound(round);
            Personalization made = personalize(
                    bench,
                    stream.first(stream.events() * round / rounds),
                    ofRound,
                    inForce.flatMap(Personalization.Ready::estimate));
            if (!(made instanceof Personalization.Ready ready)) {
                if (made instanceof Personalization.HeldBack || round == rounds) {
                    return inForce.isPresent() ? inForce.get() : made;
                }
                continue;
            }
            inForce = Optional.of(ready);
            if (gated && ready.plan().sparsity() < ofRound.pruning().sparsity()) {
                break;
            }
        }
        return inForce.orElseThrow();
    }

    /** As the topology is told with every other setting at its default. */
    PersonalizationPlan plan(double sparsity, long seed) {
        PruningPlan pruning = new PruningPlan(
                Criterion.CRITERION_FLUCTUATION,
                granularity,
                scope,
                Math.min(sparsity, PruningPlan.MAX_SPARSITY),
                seed);
        return new PersonalizationPlan(pruning, kind, true, gated, repairs);
    }

    private static PersonalizationPlan limited(PersonalizationPlan plan, Map<String, Double> limits) {
        return new PersonalizationPlan(
                plan.pruning().withLayerLimits(limits), plan.kind(), plan.repaired(), plan.gated(), plan.repairs());
    }

    /** What the topology makes of these events. */
    static Personalization personalize(
            Bench bench, UserStream stream, PersonalizationPlan plan, Optional<AccuracyEstimate> current)
            throws UnusableEventException {
        return new Personalizer(bench.prunable(), Optional.of(bench.layerwise()))
                .personalize(bench.observe(stream).sums(), stream.reservoir(), plan, current);
    }

    private static Optional<GateVerdict> verdict(
            Personalization outcome, Optional<AccuracyEstimate> inForce, boolean published) {
        return outcome.source()
                .flatMap(source -> inForce.map(estimate -> new GateVerdict(
                        source.getValue(), estimate.getValue(), estimate.getLower(), estimate.getUpper(), published)));
    }
}
