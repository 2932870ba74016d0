package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.lifecycle.CommandEffect;
import io.fineprune.topology.lifecycle.DeviceFailures;
import io.fineprune.topology.pruning.SparsityReport;

/**
 * Hears what the topology does, for metrics. Called by several stream threads at once; must be quick and must not throw. What
 * is told is not transactional: after a failure the same events may be told twice, though they are counted once.
 */
public interface StreamListener {
    /** A listener that ignores every call. */
    StreamListener NONE = new StreamListener() {};

    /** Outcome of an event. */
    enum EventOutcome {
        /** Folded into its user's sums. */
        COUNTED,
        /** Not counted, since its user is paused. */
        PAUSED,
        /** Not counted, since its user's rounds are over and it is not in the sample that is counted then. */
        SKIPPED,
        /** Not usable; it is in the dead letters. */
        DEAD_LETTER
    }

    /** An event was finished. Called exactly once per event, except for events whose model cannot be read. */
    default void event(EventOutcome outcome) {}

    /**
     * An event was folded.
     *
     * @param millis from the record's timestamp until now; may be negative where clocks differ
     */
    default void eventLatency(String modelId, long millis) {}

    /** An event or command went to the dead letters. */
    default void deadLetter(UnusableEventException.Reason reason) {}

    /** An event lay in another partition than its user's and took the internal topic. */
    default void eventRerouted() {}

    /**
     * A forward pass is over.
     *
     * @param events in the batch
     */
    default void batch(String modelId, int events, long forwardNanos) {}

    /**
     * A user's events were folded and no pruning was due after the last.
     *
     * @param share of the events of the current round, 0 to 1; 1: all rounds are over
     */
    default void budget(UserModelKey user, double share) {}

    /** An event of one of the user's devices came, whatever became of it. */
    default void device(UserModelKey user, String device) {}

    /** A pruning of the user fell due and waits for its turn, or is over. */
    default void waits(UserModelKey user, boolean due) {}

    /** A user was pruned and a mask published. */
    default void pruned(String modelId, Trigger trigger, SparsityReport sparsity, int updateBytes, long pruningNanos) {}

    /**
     * The content of an earlier version was published again.
     *
     * @param trigger what asked for it
     */
    default void rolledBack(String modelId, Trigger trigger) {}

    /** A device reported a failed update, or sent an acknowledgement that cannot be used. */
    default void deviceFailure(DeviceFailures.Outcome outcome) {}

    /** Result of comparing a user's events with those of the last pruning. */
    enum DriftOutcome {
        /** The events are alike. */
        WITHIN,
        /** The events differ: the sums begin anew. */
        BEYOND,
        /** The events differ, but the user is pinned or began a round because of drift not long ago. */
        HELD
    }

    /**
     * A block of a user's events was compared.
     *
     * @param distance in units of the distance that chance causes between blocks of the user's own events
     */
    default void drift(String modelId, DriftOutcome outcome, double distance) {}

    /** A user was to be pruned, but no mask was published. */
    default void notPruned(String modelId, Trigger trigger, PruningOutcome outcome) {}

    /** A command had this effect on one user and model, or on the settings of all users in one partition. */
    default void command(CommandAction action, CommandEffect effect) {}

    /** A user's sums belonged to another graph of the same model id and began anew. */
    default void sumsRestarted(String modelId) {}
}
