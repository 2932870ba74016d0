package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.DuePruning;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.ReasonCode;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.Lifecycle;
import io.fineprune.topology.lifecycle.Why;
import io.fineprune.topology.sums.ActivationSums;
import io.fineprune.topology.sums.SumsAccumulator;
import io.fineprune.topology.sums.SumsReading;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The prunings of one task that are due but not published. An executor computes them, one per task at a time, while
 * the stream thread goes on processing events, those of the same user too.
 *
 * <p>Why that changes no mask: all that a pruning rests on is fixed when it falls due, and kept until it is published. The sums
 * and what holds for all users are copied into a store; inputs of the reservoir that later events push out are kept beside
 * it; the user's version, estimate and settings change by nothing that does not first {@link #finish} the pruning: commands,
 * the next pruning, and the question whether rounds have ended. After a crash the store says what is due, and it is computed
 * again. The mask, the report, the state after it and the deletion from the store are one transaction.
 *
 * <p>For use by the stream thread only.
 */
final class DuePrunings implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DuePrunings.class);

    private final KeyValueStore<UserModelKey, DuePruning> store;
    private final Models models;
    private final UserStates states;
    private final Reservoirs reservoirs;
    private final UserPruner pruner;
    private final StreamListener listener;
    private final Executor executor;

    /**
     * Number of events in the sums of each due pruning, in the order in which they fell due, the running one included.
     */
    private final Map<UserModelKey, Long> events = new LinkedHashMap<>();

    private Optional<Running> running = Optional.empty();

    private record Running(UserPruner.Task task, FutureTask<UserPruner.Made> result) {}

    /** @param executor computes prunings; it may run them at once in the calling thread */
    DuePrunings(
            KeyValueStore<UserModelKey, DuePruning> store,
            Models models,
            UserStates states,
            Reservoirs reservoirs,
            UserPruner pruner,
            StreamListener listener,
            Executor executor) {
        this.store = store;
        this.models = models;
        this.states = states;
        this.reservoirs = reservoirs;
        this.pruner = pruner;
        this.listener = listener;
        this.executor = executor;
        try (KeyValueIterator<UserModelKey, DuePruning> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<UserModelKey, DuePruning> next = all.next();
                if (models.source(next.key.model()).isPresent()) {
                    events.put(next.key, next.value.getSums().getEvents());
                    listener.waits(next.key, true);
                }
            }
        }
        if (!events.isEmpty()) {
            LOG.info("Found {} prunings that were due", events.size());
        }
    }

    int size() {
        return events.size();
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    boolean contains(UserModelKey key) {
        return events.containsKey(key);
    }

    /** Events that the user's due pruning rests on; 0: none is due. */
    long events(UserModelKey key) {
        return events.getOrDefault(key, 0L);
    }

    /**
     * Notes that a user is to be pruned, from what there is at this moment. None may be due for the user already.
     *
     * @param sums of at least one event
     * @param command that asked for it; empty when the budget did
     * @param timestamp of the record that led to it
     * @return the state, in which the pruning counts as seen; to be stored
     */
    StoredLifecycle begin(
            UserModelKey key,
            StoredLifecycle state,
            SumsAccumulator sums,
            Trigger trigger,
            Optional<PruneCommand> command,
            long timestamp) {
        DuePruning.Builder due = DuePruning.newBuilder()
                .setSums(sums.toStored().toBuilder().clearPrevious())
                .setTrigger(trigger)
                .setTimestampMillis(Math.max(0, timestamp))
                .setSettingsOfAll(states.fleet(UserStates.EVERY_MODEL).getSettings())
                .setSettingsOfModel(states.fleet(key.model()).getSettings());
        command.ifPresent(due::setCommand);
        store.put(key, due.build());
        events.put(key, sums.events());
        listener.waits(key, true);
        return Lifecycle.seen(state, sums.events());
    }

    /**
     * Waits for a user's pruning if one is due, and publishes it. Computes it here if nobody has begun.
     *
     * @return the state after it; to be stored
     */
    StoredLifecycle finish(UserModelKey key, StoredLifecycle state) {
        if (!contains(key)) {
            return state;
        }
        boolean runs = running.isPresent() && running.get().task().key().equals(key);
        Running one = runs ? running.get() : next(key, state);
        if (runs) {
            running = Optional.empty();
        }
        one.result().run();
        return conclude(one, state);
    }

    /** Publishes the pruning that is computed, if any, and starts the next one. */
    void advance() {
        while (true) {
            if (running.isPresent()) {
                Running one = running.get();
                if (!one.result().isDone()) {
                    return;
                }
                running = Optional.empty();
                UserModelKey key = one.task().key();
                states.putLifecycle(key, conclude(one, states.lifecycle(key)));
            }
            if (events.isEmpty()) {
                return;
            }
            UserModelKey key = events.keySet().iterator().next();
            Running one = next(key, states.lifecycle(key));
            running = Optional.of(one);
            try {
                executor.execute(one.result());
            } catch (RejectedExecutionException e) {
                LOG.debug("The pruning of user {} waits for the next start", key.user(), e);
            }
        }
    }

    /** Cancels the running computation; its pruning stays due in the store. */
    @Override
    public void close() {
        running.ifPresent(one -> one.result().cancel(true));
        running = Optional.empty();
        events.keySet().forEach(key -> listener.waits(key, false));
    }

    private Running next(UserModelKey key, StoredLifecycle state) {
        DuePruning due = store.get(key);
        if (due == null) {
            throw new IllegalStateException("Expected a due pruning of " + key + ", but there is none");
        }
        Architecture architecture = models.source(key.model()).orElseThrow().architecture();
        SumsReading reading = SumsAccumulator.read(due.getSums(), architecture);
        boolean usable = reading instanceof SumsReading.Usable;
        EffectiveSettings settings = states.settings(due.getSettingsOfAll(), due.getSettingsOfModel(), state);
        UserPruner.Task task = new UserPruner.Task(
                key,
                state,
                usable ? ((SumsReading.Usable) reading).sums().snapshot() : ActivationSums.empty(architecture),
                usable ? reservoirs.read(key, due.getSums().getEvents()) : List.of(),
                pruner.inForce(key, state, due.getTrigger()),
                settings,
                due.getTrigger(),
                due.hasCommand() ? Optional.of(due.getCommand()) : Optional.empty(),
                due.getTimestampMillis());
        return new Running(
                task,
                new FutureTask<>(() -> usable
                        ? pruner.make(task)
                        : new UserPruner.Made.Nothing(
                                PruningOutcome.PRUNING_OUTCOME_COMMAND_REFUSED,
                                new Why(
                                        ReasonCode.REASON_CODE_FAILED,
                                        "Could not prune: " + ((SumsReading.Foreign) reading).reason()))));
    }

    private StoredLifecycle conclude(Running one, StoredLifecycle state) {
        UserModelKey key = one.task().key();
        UserPruner.Made made;
        try {
            made = one.result().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Could not prune user " + key.user(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while user " + key.user() + " was pruned", e);
        }
        StoredLifecycle next = pruner.publish(one.task(), made, state);
        if (state.hasPrevious() && !next.hasPrevious()) {
            states.dropPrevious(key);
            reservoirs.dropAside(key);
        }
        reservoirs.release(key);
        store.delete(key);
        events.remove(key);
        listener.waits(key, false);
        return next;
    }
}
