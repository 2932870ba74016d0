package io.fineprune.topology.budget;

/**
 * How far a user has come.
 *
 * @param events in the sums
 * @param eventsAtLastPruning events that were in the sums when they were last pruned from; 0: never
 * @param prunings from these sums
 * @param waitingSinceMillis stream time of the first event since the last pruning; 0: none since
 * @param nowMillis stream time
 */
public record BudgetProgress(
        long events, long eventsAtLastPruning, long prunings, long waitingSinceMillis, long nowMillis) {}
