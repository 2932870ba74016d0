package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.ReasonCode;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.lifecycle.Lifecycle;
import io.fineprune.topology.lifecycle.UpkeepSettings;
import io.fineprune.topology.lifecycle.Why;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;

/**
 * Erases users: sums, reservoir, kept updates, settings, and the mask by a record without value. The number of the last version
 * stays, so that a version never stands for two masks, and with it the ids of the user and of the command.
 */
final class Erasures {
    private final UserStates states;
    private final DuePrunings due;
    private final Reservoirs reservoirs;
    private final KeptUpdates kept;
    private final UserPruner pruner;
    private final Outputs outputs;
    private final UpkeepSettings upkeep;

    Erasures(
            UserStates states,
            DuePrunings due,
            Reservoirs reservoirs,
            KeptUpdates kept,
            UserPruner pruner,
            Outputs outputs,
            UpkeepSettings upkeep) {
        this.states = states;
        this.due = due;
        this.reservoirs = reservoirs;
        this.kept = kept;
        this.pruner = pruner;
        this.outputs = outputs;
        this.upkeep = upkeep;
    }

    /**
     * Erases all that is known of a user under one model, of whom no pruning is due.
     *
     * @return the state after it
     */
    StoredLifecycle forget(UserModelKey key, StoredLifecycle state, PruneCommand command, long timestamp) {
        erase(key, state, timestamp);
        StoredLifecycle next = Lifecycle.erased(state, Optional.of(command.getCommandId()));
        pruner.unpublished(
                key,
                next,
                Trigger.TRIGGER_COMMAND,
                Optional.of(command),
                PruningOutcome.PRUNING_OUTCOME_FORGOTTEN,
                Why.NOTHING,
                timestamp);
        return next;
    }

    /**
     * Erases users of whom nothing was counted for longer than is allowed; those who are paused are not idle.
     *
     * @param most most users to erase; the others wait for the next call
     */
    void expire(long streamTimeMillis, int most) {
        List<KeyValue<UserModelKey, StoredLifecycle>> idle = new ArrayList<>();
        try (KeyValueIterator<UserModelKey, StoredLifecycle> all = states.lifecyclesFrom(Optional.empty())) {
            while (all.hasNext() && idle.size() < most) {
                KeyValue<UserModelKey, StoredLifecycle> next = all.next();
                if (!next.value.getForgotten()
                        && upkeep.idle(next.value, streamTimeMillis)
                        && !states.paused(next.key, next.value)) {
                    idle.add(next);
                }
            }
        }
        for (KeyValue<UserModelKey, StoredLifecycle> user : idle) {
            if (user.value.getLastSeenMillis() == 0) {
                states.putLifecycle(user.key, upkeep.seen(user.value, streamTimeMillis));
                continue;
            }
            StoredLifecycle last = due.finish(user.key, user.value);
            erase(user.key, last, streamTimeMillis);
            StoredLifecycle next = Lifecycle.erased(last, Optional.empty());
            states.putLifecycle(user.key, next);
            pruner.unpublished(
                    user.key,
                    next,
                    Trigger.TRIGGER_BUDGET_TIME,
                    Optional.empty(),
                    PruningOutcome.PRUNING_OUTCOME_EXPIRED,
                    new Why(
                            ReasonCode.REASON_CODE_IDLE,
                            "Nothing was counted for %d ms"
                                    .formatted(streamTimeMillis - user.value.getLastSeenMillis())),
                    streamTimeMillis);
        }
    }

    private void erase(UserModelKey key, StoredLifecycle state, long timestamp) {
        states.forgetSums(key);
        reservoirs.forget(key);
        kept.forget(key);
        if (state.getVersion() > 0) {
            outputs.noMask(key, state.getMaskChunks(), timestamp);
        }
    }
}
