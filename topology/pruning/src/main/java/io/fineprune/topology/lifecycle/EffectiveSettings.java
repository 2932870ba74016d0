package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.LayerLimit;
import io.fineprune.schemas.v1.PruningSettings;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.RepairSettings;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The complete settings in force for a user. Layers override each other field by field: the configured defaults, what
 * commands set for all users, what commands set for all users of the model, what commands set for the user. A narrower
 * layer wins over a wider one, whichever came later.
 */
public record EffectiveSettings(PersonalizationPlan personalization, Budget budget) {
    /** Algorithm 1 after 200 events. */
    public static final EffectiveSettings DEFAULT = new EffectiveSettings(PruningPlan.DEFAULT, Budget.DEFAULT);

    /** Creates settings for plain pruning, neither repaired nor gated. */
    public EffectiveSettings(PruningPlan plan, Budget budget) {
        this(new PersonalizationPlan(plan, UpdateKind.UPDATE_KIND_MASK, false, false, RepairSettings.DEFAULT), budget);
    }

    public PruningPlan plan() {
        return personalization.pruning();
    }

    /**
     * Returns these settings, overridden by the fields that are present in the layer.
     *
     * @throws IllegalArgumentException if a field breaks its bound; the serdes refuse such messages before
     */
    public EffectiveSettings with(PruningSettings layer) {
        PruningPlan plan = plan();
        PruningPlan newPlan = new PruningPlan(
                layer.hasCriterion() ? layer.getCriterion() : plan.criterion(),
                layer.hasGranularity() ? layer.getGranularity() : plan.granularity(),
                layer.hasScope() ? layer.getScope() : plan.scope(),
                layer.hasSparsity() ? layer.getSparsity() : plan.sparsity(),
                plan.seed(),
                layer.hasTargetMacs()
                        ? Optional.of(layer.getTargetMacs())
                        : layer.hasSparsity() ? Optional.empty() : plan.targetMacs(),
                layer.hasLayerLimits()
                        ? layer.getLayerLimits().getLimitsList().stream()
                                .collect(Collectors.toMap(LayerLimit::getLayer, LayerLimit::getShare))
                        : plan.layerLimits());
        Budget newBudget = new Budget(
                layer.hasBudgetEvents() ? layer.getBudgetEvents() : budget.events(),
                layer.hasBudgetMillis() ? layer.getBudgetMillis() : budget.millis(),
                budget.rounds(),
                budget.gradual(),
                budget.warmupEvents());
        RepairSettings repairs = personalization.repairs();
        RepairSettings newRepairs = repairs.withClasses(
                layer.hasDeclaredClasses() ? layer.getDeclaredClasses().getNamesList() : repairs.classes(),
                layer.hasOpenToAbsentClasses() ? layer.getOpenToAbsentClasses() : repairs.open());
        PersonalizationPlan newPersonalization = new PersonalizationPlan(
                newPlan,
                layer.hasKind() ? layer.getKind() : personalization.kind(),
                layer.hasRepaired() ? layer.getRepaired() : personalization.repaired(),
                layer.hasGated() ? layer.getGated() : personalization.gated(),
                personalization.gate(),
                newRepairs);
        return new EffectiveSettings(newPersonalization, newBudget);
    }

    /**
     * Returns the plan of one round: its sparsity is the share of the full sparsity that the budget's schedule gives
     * this round.
     *
     * @param round from 1
     */
    public PersonalizationPlan forRound(long round) {
        double share = budget.shareOfSparsity(round);
        if (share >= 1) {
            return personalization;
        }
        PruningPlan plan = plan();
        return personalization.withPruning(
                plan.targetMacs().isPresent()
                        ? plan.withTargetMacs(1 - share * (1 - plan.targetMacs().get()))
                        : plan.withSparsity(share * plan.sparsity()));
    }
}
