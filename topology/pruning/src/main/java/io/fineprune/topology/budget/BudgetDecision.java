package io.fineprune.topology.budget;

import io.fineprune.schemas.v1.Trigger;

/** Whether to prune now. */
public sealed interface BudgetDecision {
    /** Prune. */
    record Reached(Trigger trigger) implements BudgetDecision {}

    /**
     * Not yet, or never again by itself.
     *
     * @param share of the events of the current round, 0 to 1; 1: all rounds are over
     */
    record Waiting(double share) implements BudgetDecision {}
}
