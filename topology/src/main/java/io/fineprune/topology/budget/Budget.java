package io.fineprune.topology.budget;

import io.fineprune.schemas.v1.Trigger;

/**
 * How much of a user is to be seen before the user is pruned, and how often that happens by itself.
 *
 * <p>By events, round k (from 1) is due once k * events are in the sums, unless a pruning has already seen as many. By
 * time, the next round is due so many milliseconds after the first event that no pruning has seen. Commands prune
 * whenever they ask, whatever the budget.
 *
 * @param events of one round; 1 to 1000000
 * @param millis of stream time, 0: no time budget; at most 31536000000 (one year)
 * @param rounds after which only commands prune; at least 1
 */
public record Budget(long events, long millis, int rounds) {
    public static final long DEFAULT_EVENTS = 200;
    public static final long MAX_EVENTS = 1_000_000;
    public static final long MAX_MILLIS = 31_536_000_000L;

    /** One round of 200 events, no time budget. */
    public static final Budget DEFAULT = new Budget(DEFAULT_EVENTS, 0, 1);

    public Budget {
        if (events < 1 || events > MAX_EVENTS) {
            throw new IllegalArgumentException(
                    "Expected 1 to %d events as budget, but was %d".formatted(MAX_EVENTS, events));
        }
        if (millis < 0 || millis > MAX_MILLIS) {
            throw new IllegalArgumentException(
                    "Expected 0 to %d milliseconds as budget, but was %d".formatted(MAX_MILLIS, millis));
        }
        if (rounds < 1) {
            throw new IllegalArgumentException("Expected at least 1 round of the budget, but was " + rounds);
        }
    }

    public BudgetDecision decide(BudgetProgress progress) {
        long roundsOfEvents = Math.min(progress.events() / events, rounds);
        if (roundsOfEvents > progress.eventsAtLastPruning() / events) {
            return new BudgetDecision.Reached(Trigger.TRIGGER_BUDGET_EVENTS);
        }
        boolean unseenEvents = progress.events() > progress.eventsAtLastPruning();
        if (millis > 0
                && unseenEvents
                && progress.prunings() < rounds
                && progress.waitingSinceMillis() > 0
                && progress.nowMillis() - progress.waitingSinceMillis() >= millis) {
            return new BudgetDecision.Reached(Trigger.TRIGGER_BUDGET_TIME);
        }
        return new BudgetDecision.Waiting(share(progress));
    }

    private double share(BudgetProgress progress) {
        if (progress.events() >= events * rounds || progress.eventsAtLastPruning() / events >= rounds) {
            return 1;
        }
        return (double) (progress.events() % events) / events;
    }
}
