package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.Trigger;
import java.util.BitSet;
import java.util.List;

/**
 * When a user is pruned once more, although the budget asks for no more rounds: since classes came that the last round's events
 * did not hold, or since those events were of too little variety to prune on. The new round rests on the old events and the new
 * ones, and is judged like any other. Functions of their arguments.
 */
public final class ClassWatch {
    /**
     * A further round waits for 1/PART of the events that the round before it had, so that such rounds become ever
     * rarer.
     */
    private static final int PART = 4;

    /** Fewest further events after which a round that had too little variety is tried again. */
    private static final int FEWEST_FURTHER = 25;

    private ClassWatch() {}

    /**
     * The state when a round was decided.
     *
     * @param met the classes that its events were found to hold; empty if that is not known, or need not be watched
     */
    public static StoredLifecycle decided(StoredLifecycle state, List<Integer> met) {
        return state.getMetClassesList().equals(met)
                ? state
                : state.toBuilder().clearMetClasses().addAllMetClasses(met).build();
    }

    /** The state when a round found too little to prune on: it is tried again when a quarter more events are there. */
    public static StoredLifecycle tooLittle(StoredLifecycle state, Trigger trigger, long events) {
        return state.toBuilder()
                .setRoundDueAtEvents(events + Math.max(FEWEST_FURTHER, events / PART))
                .setRoundTrigger(trigger)
                .build();
    }

    /**
     * The state when classes were answered more often than before; the same object if none of them is new to the user, or the
     * last round was too short a while ago.
     *
     * @param risen classes that a block was answered with far more often than the events before it
     * @param block events of that block
     * @param events counted, those of the block included
     * @param wanted events from the first of the block on that the new round waits for
     */
    public static StoredLifecycle risen(StoredLifecycle state, BitSet risen, int block, long events, int wanted) {
        if (state.getRoundDueAtEvents() > 0
                || state.getMetClassesCount() == 0
                || events - state.getEventsAtLastPruning() < Math.max(block, state.getEventsAtLastPruning() / PART)
                || risen.stream().allMatch(state.getMetClassesList()::contains)) {
            return state;
        }
        return state.toBuilder()
                .setRoundDueAtEvents(Math.max(events, events - block + wanted))
                .setRoundTrigger(Trigger.TRIGGER_LATER_CLASSES)
                .build();
    }

    /** Tells whether a further round is due at this number of counted events. */
    public static boolean due(StoredLifecycle state, long events) {
        return state.getRoundDueAtEvents() > 0 && events >= state.getRoundDueAtEvents();
    }
}
