package io.fineprune.topology.budget;

import io.fineprune.schemas.v1.Trigger;

/**
 * How many events or how much time of a user are awaited before each pruning round, and how many rounds there are.
 *
 * <p>By events, round k (from 1) is due once warm-up + k * events are in the sums, unless a pruning has already seen as many. By
 * time, the next round is due so many milliseconds after the first event that no pruning has seen. Commands prune
 * whenever they ask, whatever the budget.
 *
 * @param events events that one round waits for; 1 to 1000000
 * @param millis stream time that one round waits for, in milliseconds; 0: no time budget; at most 31536000000 (one
 *     year)
 * @param rounds number of rounds; after them only commands prune; 1 to 1000
 * @param gradual whether the sparsity rises from round to round, by the cubic schedule of Synaptic Pruning, to what is wanted in
 *     the last, and the rounds end early where the next one is estimated worse; else every round prunes all that is wanted
 * @param warmupEvents before the first round begins to count; 0 to 1000000
 */
public record Budget(long events, long millis, int rounds, boolean gradual, long warmupEvents) {
    public static final long DEFAULT_EVENTS = 200;
    public static final long MAX_EVENTS = 1_000_000;
    public static final long MAX_MILLIS = 31_536_000_000L;
    public static final int MAX_ROUNDS = 1000;

    /** One round of 200 events, no time budget. */
    public static final Budget DEFAULT = new Budget(DEFAULT_EVENTS, 0, 1);

    /** Creates a budget whose rounds each prune to the full sparsity, without a warm-up. */
    public Budget(long events, long millis, int rounds) {
        this(events, millis, rounds, false, 0);
    }

    public Budget {
        if (events < 1 || events > MAX_EVENTS) {
            throw new IllegalArgumentException(
                    "Expected 1 to %d events as budget, but was %d".formatted(MAX_EVENTS, events));
        }
        if (millis < 0 || millis > MAX_MILLIS) {
            throw new IllegalArgumentException(
                    "Expected 0 to %d milliseconds as budget, but was %d".formatted(MAX_MILLIS, millis));
        }
        if (rounds < 1 || rounds > MAX_ROUNDS) {
            throw new IllegalArgumentException(
                    "Expected at least 1 round of the budget and at most %d, but was %d".formatted(MAX_ROUNDS, rounds));
        }
        if (warmupEvents < 0 || warmupEvents > MAX_EVENTS) {
            throw new IllegalArgumentException(
                    "Expected 0 to %d events of warm-up, but was %d".formatted(MAX_EVENTS, warmupEvents));
        }
    }

    /**
     * The part of the wanted sparsity that a round prunes: 1 - (1 - t)^3 with t the part of the rounds that are over, itself
     * included; 1 where the budget is not gradual.
     *
     * @param round from 1; later ones than the last count as the last
     */
    public double shareOfSparsity(long round) {
        if (!gradual || round >= rounds) {
            return 1;
        }
        double left = 1 - (double) round / rounds;
        return 1 - left * left * left;
    }

    /**
     * Whether only commands prune from now on, whatever events come.
     *
     * @param ended whether the rounds ended early
     * @param eventsAtLastPruning as in {@link BudgetProgress}
     */
    public boolean finished(boolean ended, long eventsAtLastPruning) {
        return ended || roundsIn(eventsAtLastPruning) >= rounds;
    }

    public BudgetDecision decide(BudgetProgress progress) {
        if (progress.ended()) {
            return new BudgetDecision.Waiting(1);
        }
        long roundsOfEvents = Math.min(roundsIn(progress.events()), rounds);
        if (roundsOfEvents > roundsIn(progress.eventsAtLastPruning())) {
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
        if (roundsIn(progress.events()) >= rounds || roundsIn(progress.eventsAtLastPruning()) >= rounds) {
            return 1;
        }
        if (progress.events() < warmupEvents + events) {
            return (double) progress.events() / (warmupEvents + events);
        }
        return (double) ((progress.events() - warmupEvents) % events) / events;
    }

    private long roundsIn(long seen) {
        return Math.max(0, seen - warmupEvents) / events;
    }
}
