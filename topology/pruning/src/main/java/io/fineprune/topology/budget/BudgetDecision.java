package io.fineprune.topology.budget;

import io.fineprune.schemas.v1.Trigger;

/** Whether a user's budget is reached, so that a pruning round begins now. */
public sealed interface BudgetDecision {
    /** The budget is reached: prune now, and report this trigger. */
    record Reached(Trigger trigger) implements BudgetDecision {}

    /**
     * The budget is not reached yet, or all its rounds are over and only commands prune.
     *
     * @param share share of the current round's events that have come, 0 to 1; 1 if all rounds are over
     */
    record Waiting(double share) implements BudgetDecision {}
}
