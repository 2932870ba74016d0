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
 * Brings commands for all users to each of them, some users at a time. A user who is met otherwise before the sweep comes by
 * is brought up to date first, so that each user sees records and commands in the order in which they arrived.
 */
final class Sweeps {
    private static final int MOST_DUE = 4;

    private final SweepStore store;
    private final UserStates states;
    private final Commands commands;
    private final DuePrunings due;
    private final int slice;
    private List<SweepStore.Sweep> pending;

    /** @param slice users per call of {@link #advance} */
    Sweeps(SweepStore store, UserStates states, Commands commands, DuePrunings due, int slice) {
        this.store = store;
        this.states = states;
        this.commands = commands;
        this.due = due;
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

    /** Brings every pending command to this user that has not met the user yet. */
    void bringUpToDate(UserModelKey key) {
        for (SweepStore.Sweep sweep : pending) {
            boolean passed =
                    sweep.cursor().isPresent() && compare(key, sweep.cursor().get()) < 0;
            if (!passed && sweep.concerns(key)) {
                commands.applyToUser(key, sweep.forOneUser(), true, sweep.timestamp());
            }
        }
    }

    /** Takes the oldest command on by one slice of users, or less: it waits for prunings that are due. */
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
                if (due.contains(key) || due.size() >= MOST_DUE) {
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

    /** In the order of the store. */
    private static int compare(UserModelKey a, UserModelKey b) {
        return Arrays.compareUnsigned(bytes(a), bytes(b));
    }

    private static byte[] bytes(UserModelKey key) {
        return MessageSerdes.userModelKey().serializer().serialize(Names.USER_LIFECYCLE_STORE, key);
    }
}
