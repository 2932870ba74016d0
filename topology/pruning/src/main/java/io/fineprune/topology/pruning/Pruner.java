package io.fineprune.topology.pruning;

import io.fineprune.topology.sums.ActivationSums;

/**
 * The paper's Eq. 1: removes what matters least to the user. A pure function; the same sums and plan give the same mask bit
 * for bit.
 */
public final class Pruner {
    /** Sparsities tried for a budget of operations are multiples of 1 / STEPS. */
    private static final double STEPS = 10_000;

    private Pruner() {}

    /**
     * Scores every unit or weight by the plan's criterion and removes the lowest.
     *
     * @throws IllegalArgumentException if the sums belong to another model, a limited layer is not the model's, or the budget of
     *     operations cannot be met
     */
    public static Mask prune(PrunableModel model, ActivationSums sums, PruningPlan plan) {
        ScoredSets scored = ScoredSets.of(model, sums, plan);
        return scored.mask(sparsity(model, scored, plan));
    }

    /**
     * The same plan with a sparsity in the place of a budget of operations: the least of those 0.0001 apart that keeps no more
     * operations than the budget.
     *
     * @throws IllegalArgumentException as {@link #prune}
     */
    public static PruningPlan resolve(PrunableModel model, ActivationSums sums, PruningPlan plan) {
        return plan.targetMacs().isEmpty()
                ? plan
                : plan.withSparsity(sparsity(model, ScoredSets.of(model, sums, plan), plan));
    }

    private static double sparsity(PrunableModel model, ScoredSets scored, PruningPlan plan) {
        if (plan.targetMacs().isEmpty()) {
            return plan.sparsity();
        }
        double target = plan.targetMacs().get();
        int enough = (int) Math.round(PruningPlan.MAX_SPARSITY * STEPS);
        double least = kept(model, scored, enough);
        if (least > target) {
            throw new IllegalArgumentException(
                    "Expected a share of operations to keep of at least %.4f, which is left when all is removed that may be, but was %.4f"
                            .formatted(least, target));
        }
        int tooFew = -1;
        while (enough - tooFew > 1) {
            int middle = (enough + tooFew) / 2;
            if (kept(model, scored, middle) <= target) {
                enough = middle;
            } else {
                tooFew = middle;
            }
        }
        return enough / STEPS;
    }

    /** The share of operations that is kept; falls as the sparsity rises, since each mask keeps part of what the last one did. */
    private static double kept(PrunableModel model, ScoredSets scored, int steps) {
        return 1
                - SparsityReport.of(model.architecture(), scored.mask(steps / STEPS))
                        .macShare();
    }
}
