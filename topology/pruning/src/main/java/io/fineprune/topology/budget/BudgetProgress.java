package io.fineprune.topology.budget;

/**
 * How far a user has come.
 *
 * @param events in the sums
 * @param eventsAtLastPruning events that were in the sums when they were last pruned from; 0: never
 * @param prunings from these sums
 * @param waitingSinceMillis stream time of the first event since the last pruning; 0: none since
 * @param nowMillis stream time
 * @param ended whether the rounds ended early
 */
public record BudgetProgress(
        long events, long eventsAtLastPruning, long prunings, long waitingSinceMillis, long nowMillis, boolean ended) {
    /** Of rounds that have not ended. */
    public BudgetProgress(
            long events, long eventsAtLastPruning, long prunings, long waitingSinceMillis, long nowMillis) {
        this(events, eventsAtLastPruning, prunings, waitingSinceMillis, nowMillis, false);
    }
}
