package io.fineprune.topology.budget;

/**
 * How much of a user's budget has been used.
 *
 * @param events number of events in the user's sums
 * @param eventsAtLastPruning events that were in the sums when they were last pruned from; 0: never
 * @param prunings number of prunings made from these sums
 * @param waitingSinceMillis stream time of the first event since the last pruning; 0: none since
 * @param nowMillis stream time now, milliseconds since 1970-01-01T00:00Z
 * @param ended whether the rounds ended early
 */
public record BudgetProgress(
        long events, long eventsAtLastPruning, long prunings, long waitingSinceMillis, long nowMillis, boolean ended) {
    /** Describes a user whose rounds have not ended early. */
    public BudgetProgress(
            long events, long eventsAtLastPruning, long prunings, long waitingSinceMillis, long nowMillis) {
        this(events, eventsAtLastPruning, prunings, waitingSinceMillis, nowMillis, false);
    }
}
