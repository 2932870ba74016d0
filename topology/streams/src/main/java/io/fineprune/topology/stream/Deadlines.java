package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.budget.BudgetDecision;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.Lifecycle;
import io.fineprune.topology.sums.SumsAccumulator;
import java.util.HashSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;

/**
 * Queue of the users with a running time budget, by the time at which it ends. Time is the stream time of the task,
 * which events and commands move, so that replaying the same records gives the same masks. The queue is on the heap
 * only and refilled from the store.
 */
final class Deadlines {
    private final Models models;
    private final UserStates states;
    private final DuePrunings due;
    private final PriorityQueue<Deadline> queue = new PriorityQueue<>();
    private final Set<UserModelKey> expected = new HashSet<>();

    private record Deadline(long millis, UserModelKey key) implements Comparable<Deadline> {
        @Override
        public int compareTo(Deadline other) {
            int byTime = Long.compare(millis, other.millis);
            return byTime != 0 ? byTime : key.compareTo(other.key);
        }
    }

    Deadlines(Models models, UserStates states, DuePrunings due) {
        this.models = models;
        this.states = states;
        this.due = due;
    }

    /** Looks at every user again: after a start, or when a command changed the settings of all users. */
    void refill() {
        queue.clear();
        expected.clear();
        try (KeyValueIterator<UserModelKey, StoredLifecycle> all = states.lifecyclesFrom(Optional.empty())) {
            while (all.hasNext()) {
                KeyValue<UserModelKey, StoredLifecycle> next = all.next();
                expect(next.key, next.value, states.settings(next.key, next.value));
            }
        }
    }

    /**
     * Queues the user at the end of the time budget, if one is in force and the user has events since the last
     * pruning.
     */
    void expect(UserModelKey key, StoredLifecycle state, EffectiveSettings settings) {
        if (settings.budget().millis() > 0 && state.getWaitingSinceMillis() > 0 && expected.add(key)) {
            queue.add(new Deadline(
                    state.getWaitingSinceMillis() + settings.budget().millis(), key));
        }
    }

    /** As {@link #expect}, when the user's settings may have changed. */
    void expectAnew(UserModelKey key, StoredLifecycle state, EffectiveSettings settings) {
        expected.remove(key);
        expect(key, state, settings);
    }

    boolean anyOver(long streamTimeMillis) {
        Deadline next = queue.peek();
        return next != null && next.millis <= streamTimeMillis;
    }

    /**
     * Prunes users whose time budget has ended.
     *
     * @param limit most users to prune; the others stay for the next call
     */
    void prune(long streamTimeMillis, int limit) {
        for (int i = 0; i < limit && anyOver(streamTimeMillis); i++) {
            UserModelKey key = queue.remove().key;
            expected.remove(key);
            prune(key, streamTimeMillis);
        }
    }

    private void prune(UserModelKey key, long streamTimeMillis) {
        StoredLifecycle state = states.lifecycle(key);
        Optional<Architecture> architecture = models.source(key.model()).map(model -> model.architecture());
        if (architecture.isEmpty() || states.paused(key, state) || states.pinned(key, state)) {
            return;
        }
        Optional<SumsAccumulator> sums = states.usableSums(key, architecture.get());
        if (sums.isEmpty()) {
            return;
        }
        EffectiveSettings settings = states.settings(key, state);
        BudgetDecision decision =
                settings.budget().decide(Lifecycle.progress(state, sums.get().events(), streamTimeMillis));
        if (decision instanceof BudgetDecision.Reached reached && reached.trigger() == Trigger.TRIGGER_BUDGET_TIME) {
            if (due.contains(key)) {
                states.putLifecycle(key, due.finish(key, state));
                prune(key, streamTimeMillis);
                return;
            }
            states.putLifecycle(
                    key,
                    due.begin(
                            key,
                            state,
                            sums.get(),
                            Lifecycle.trigger(state, reached.trigger()),
                            Optional.empty(),
                            streamTimeMillis));
        } else if (streamTimeMillis - state.getWaitingSinceMillis()
                < settings.budget().millis()) {
            expect(key, state, settings);
        }
    }
}
