package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.ReasonCode;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PrunableModel;
import io.fineprune.topology.pruning.Pruner;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.ModelUpdate;
import io.fineprune.topology.sums.ActivationSums;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Turns a user's sums and reservoir into an update: prunes, repairs, and judges candidates without labels. The same
 * arguments give the same update bit for bit. Safe for use by several threads: the methods are synchronized.
 */
public final class Personalizer {
    /** Fewest events in the reservoir; with fewer no clusters can be told apart. */
    public static final int FEWEST_EVENTS = 20;

    private final PrunableModel model;
    private final Optional<LayerwiseModel> layerwise;

    /**
     * Takes turns on the layerwise model, which nobody else may use meanwhile.
     *
     * @param layerwise empty where the model cannot be repaired: then nothing but plain pruning is possible
     */
    public Personalizer(PrunableModel model, Optional<LayerwiseModel> layerwise) {
        this.model = model;
        this.layerwise = layerwise;
    }

    /**
     * Makes an update.
     *
     * @param reservoir the user's inputs, in an order that is the same whenever the same events are
     * @param current estimated accuracy of the model in force, if it is not the source model
     */
    public synchronized Personalization personalize(
            ActivationSums sums,
            List<ModelInput> reservoir,
            PersonalizationPlan wanted,
            Optional<AccuracyEstimate> current) {
        PersonalizationPlan plan = wanted.withPruning(Pruner.resolve(model, sums, wanted.pruning()));
        if (!plan.repaired() && !plan.gated()) {
            return plain(sums, plan);
        }
        if (layerwise.isEmpty()) {
            return undecided(sums, plan, "Expected a model that can be repaired and judged layer by layer", false);
        }
        if (reservoir.size() < FEWEST_EVENTS && plan.repairs().classes().isEmpty()) {
            return undecided(
                    sums,
                    plan,
                    "Too few events: %d are kept of the user, and %d are needed to judge an update"
                            .formatted(reservoir.size(), FEWEST_EVENTS),
                    true);
        }
        try {
            Function<PruningPlan, Mask> pruner = pruning -> Pruner.prune(model, sums, pruning);
            if (plan.pruning().scope() == Scope.SCOPE_RESIDUAL
                    && plan.pruning().granularity() == Granularity.GRANULARITY_NODE) {
                pruner = new ResidualShares(layerwise.get(), plan.repairs(), pruner, plan.pruning(), reservoir)::mask;
            }
            return new UpdateSearch(layerwise.get(), pruner, reservoir, plan).best(current);
        } catch (UnusableEventException e) {
            throw new IllegalStateException(
                    "Expected inputs that the model has taken before, but: " + e.getMessage(), e);
        }
    }

    /**
     * Estimates the accuracy of a model that was made from other events than these.
     *
     * @param reservoir as for {@link #personalize}
     * @return empty if there is too little to judge on
     */
    public synchronized Optional<AccuracyEstimate> estimate(
            ModelUpdate update, List<ModelInput> reservoir, PersonalizationPlan plan) {
        if (layerwise.isEmpty() || reservoir.size() < FEWEST_EVENTS || !plan.gated()) {
            return Optional.empty();
        }
        try {
            return new UpdateSearch(layerwise.get(), pruning -> update.mask(), reservoir, plan).estimate(update);
        } catch (UnusableEventException e) {
            throw new IllegalStateException(
                    "Expected inputs that the model has taken before, but: " + e.getMessage(), e);
        }
    }

    /** With a gate, an update that cannot be judged is not published; without one it is published unjudged. */
    private Personalization undecided(ActivationSums sums, PersonalizationPlan plan, String reason, boolean moreMayDo) {
        return plan.gated()
                ? new Personalization.NotEnoughData(
                        new Why(
                                moreMayDo ? ReasonCode.REASON_CODE_TOO_FEW_EVENTS : ReasonCode.REASON_CODE_FAILED,
                                reason),
                        moreMayDo)
                : plain(sums, plan);
    }

    private Personalization plain(ActivationSums sums, PersonalizationPlan plan) {
        return new Personalization.Ready(
                plan.pruning(),
                UpdateKind.UPDATE_KIND_MASK,
                Pruner.prune(model, sums, plan.pruning()),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Personalization.Grounds.UNJUDGED,
                Optional.empty(),
                List.of());
    }
}
