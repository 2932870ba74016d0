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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
    public boolean usesDeclared() {
        return true;
    }

    @Override
    public Adapted adapt(EvaluatedModel bench, UserStream stream, double sparsity) throws UnusableEventException {
        return adapt(bench, stream, sparsity, gated);
    }

    /** What would have been published if the gate published everything. */
    @Override
    public Optional<Adapted> withheld(EvaluatedModel bench, UserStream stream, double sparsity, Adapted made)
            throws UnusableEventException {
        boolean held =
                gated && made.gate().filter(verdict -> !verdict.published()).isPresent();
        return held ? Optional.of(adapt(bench, stream, sparsity, false)) : Optional.empty();
    }

    private Adapted adapt(EvaluatedModel bench, UserStream stream, double sparsity, boolean judged)
            throws UnusableEventException {
        int kept = Math.min(stream.events(), stream.reservoirCapacity());
        PersonalizationPlan plan =
                limited(plan(sparsity, stream.seed()), bench.layerLimits(), judged, declared(bench, stream));
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
                    Optional.of(verdict(outcome, "", ready.estimate())));
        }
        return new Adapted(
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Shares.NONE,
                cost,
                Optional.of(verdict(outcome, reason(outcome), outcome.source())));
    }

    private Personalization outcome(EvaluatedModel bench, UserStream stream, PersonalizationPlan plan)
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
            if (plan.gated() && ready.plan().sparsity() < ofRound.pruning().sparsity()) {
                break;
            }
        }
        return inForce.orElseThrow();
    }

    private static List<String> declared(EvaluatedModel bench, UserStream stream) {
        return stream.declared().stream()
                .flatMapToInt(Arrays::stream)
                .mapToObj(bench.architecture().labels()::get)
                .toList();
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

    private static PersonalizationPlan limited(
            PersonalizationPlan plan, Map<String, Double> limits, boolean judged, List<String> declared) {
        RepairSettings repairs =
                plan.repairs().withClasses(declared, plan.repairs().open());
        return new PersonalizationPlan(
                plan.pruning().withLayerLimits(limits), plan.kind(), plan.repaired(), judged, repairs);
    }

    /** What the topology makes of these events. */
    static Personalization personalize(
            EvaluatedModel bench, UserStream stream, PersonalizationPlan plan, Optional<AccuracyEstimate> current)
            throws UnusableEventException {
        return new Personalizer(bench.prunable(), Optional.of(bench.layerwise()))
                .personalize(bench.observe(stream).sums(), stream.reservoir(), plan, current);
    }

    private static String grounds(Personalization outcome) {
        return outcome instanceof Personalization.Ready ready
                ? ready.grounds().name().toLowerCase(Locale.ROOT)
                : "";
    }

    private static Optional<Double> probability(Personalization outcome) {
        return outcome instanceof Personalization.Ready ready ? ready.probability() : Optional.empty();
    }

    private static String reason(Personalization outcome) {
        if (outcome instanceof Personalization.HeldBack held) {
            return held.why().sentence();
        }
        return outcome instanceof Personalization.NotEnoughData little
                ? little.why().sentence()
                : "";
    }

    private static GateVerdict verdict(Personalization outcome, String reason, Optional<AccuracyEstimate> inForce) {
        return new GateVerdict(
                outcome instanceof Personalization.Ready,
                grounds(outcome),
                probability(outcome),
                reason,
                outcome.source().map(GateVerdict.Estimate::of),
                inForce.map(GateVerdict.Estimate::of));
    }
}
