package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.StoredLifecycle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueIterator;

/**
 * Applies commands for all users to each of them, some users at a time. A user with a record before the sweep reaches
 * them is brought up to date first, so that each user sees records and commands in the order in which they arrived.
 */
final class Sweeps {
    private static final int MOST_DUE = 4;

    private final SweepStore store;
    private final UserStates states;
    private final Commands commands;
    private final DuePrunings due;
    private final WaitingRecords waiting;
    private final int slice;
    private List<SweepStore.Sweep> pending;

    /** @param slice most users per call of {@link #advance} */
    Sweeps(SweepStore store, UserStates states, Commands commands, DuePrunings due, WaitingRecords waiting, int slice) {
        this.store = store;
        this.states = states;
        this.commands = commands;
        this.due = due;
        this.waiting = waiting;
        this.slice = slice;
        this.pending = store.load();
    }

    boolean isEmpty() {
        return pending.isEmpty();
    }

    void begin(PruneCommand command, long timestamp) {
        long sequence = pending.isEmpty() ? 0 : pending.get(pending.size() - 1).sequence() + 1;
        SweepStore.Sweep sweep = new SweepStore.Sweep(sequence, timestamp, command, Optional.empty());
        store.put(sweep);
        pending = new ArrayList<>(pending);
        pending.add(sweep);
    }

    /** Applies to this user every pending command that has not reached the user yet. */
    void bringUpToDate(UserModelKey key) {
        for (SweepStore.Sweep sweep : pending) {
            boolean passed =
                    sweep.cursor().isPresent() && compare(key, sweep.cursor().get()) < 0;
            if (!passed && sweep.concerns(key)) {
                commands.applyToUser(key, sweep.forOneUser(), true, sweep.timestamp());
            }
        }
    }

    /**
     * Applies the oldest command to at most one slice of users; to fewer if a user's pruning is due and not computed
     * yet.
     */
    void advance() {
        if (pending.isEmpty()) {
            return;
        }
        SweepStore.Sweep sweep = pending.get(0);
        List<UserModelKey> keys = new ArrayList<>();
        try (KeyValueIterator<UserModelKey, StoredLifecycle> from = states.lifecyclesFrom(sweep.cursor())) {
            while (from.hasNext() && keys.size() <= slice) {
                keys.add(from.next().key);
            }
        }
        int reached = 0;
        while (reached < Math.min(slice, keys.size())) {
            UserModelKey key = keys.get(reached);
            if (sweep.concerns(key)) {
                if (due.contains(key) || waiting.contains(key) || due.size() >= MOST_DUE) {
                    break;
                }
                commands.applyToUser(key, sweep.forOneUser(), true, sweep.timestamp());
                due.advance();
            }
            reached++;
        }
        if (reached == keys.size()) {
            store.delete(sweep);
            pending = new ArrayList<>(pending.subList(1, pending.size()));
        } else {
            SweepStore.Sweep next = sweep.at(keys.get(reached));
            store.put(next);
            pending = new ArrayList<>(pending);
            pending.set(0, next);
        }
    }

    /** Compares keys in the order in which the store iterates over them. */
    private static int compare(UserModelKey a, UserModelKey b) {
        return Arrays.compareUnsigned(bytes(a), bytes(b));
    }

    private static byte[] bytes(UserModelKey key) {
        return MessageSerdes.userModelKey().serializer().serialize(Names.USER_LIFECYCLE_STORE, key);
    }
}
