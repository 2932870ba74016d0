package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import io.fineprune.topology.lifecycle.CommandEffect;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * All that happens to the users of one partition. Events wait in a durable buffer until there is a batch of them or the first
 * has waited long enough; one forward pass, then sums and budgets, then the buffer is emptied, all in one
 * transaction. Masks are computed beside that and published when they are ready. A command first evaluates what waits, so
 * that it finds every event that came before it.
 */
final class UserProcessor implements Processor<byte[], UserRecord, byte[], byte[]> {
    private static final Duration SWEEP_PAUSE = Duration.ofMillis(20);
    private static final Duration PRUNING_CHECK = Duration.ofMillis(20);
    private static final Duration DEADLINE_CHECK = Duration.ofSeconds(1);
    private static final int DEADLINES_AT_A_TIME = 64;
    private static final int EXPIRED_AT_A_TIME = 64;
    private static final byte[] NO_KEY = new byte[0];

    private final TopologySettings settings;
    private final Trust trust;
    private final Models models;
    private final ThreadLocal<ForwardPool> pools;
    private final StreamListener listener;
    private final Clock clock;
    private final Executor executor;
    private Optional<Cancellable> delay = Optional.empty();
    private Optional<Cancellable> sweeping = Optional.empty();
    private Optional<Cancellable> pruning = Optional.empty();
    private Optional<EventBuffer> joined = Optional.empty();
    private Optional<DuePrunings> begun = Optional.empty();

    @SuppressWarnings("NullAway.Init")
    private ProcessorContext<byte[], byte[]> context;

    @SuppressWarnings("NullAway.Init")
    private UserStates states;

    @SuppressWarnings("NullAway.Init")
    private EventBuffer buffer;

    @SuppressWarnings("NullAway.Init")
    private Outputs outputs;

    @SuppressWarnings("NullAway.Init")
    private BatchEvaluator evaluator;

    @SuppressWarnings("NullAway.Init")
    private EventFolder folder;

    @SuppressWarnings("NullAway.Init")
    private DuePrunings due;

    @SuppressWarnings("NullAway.Init")
    private Deadlines deadlines;

    @SuppressWarnings("NullAway.Init")
    private Commands commands;

    @SuppressWarnings("NullAway.Init")
    private Erasures erasures;

    @SuppressWarnings("NullAway.Init")
    private Quarantine quarantine;

    @SuppressWarnings("NullAway.Init")
    private Sweeps sweeps;

    /**
     * Wires nothing yet.
     *
     * @param pools that of the calling thread
     * @param executor computes prunings
     */
    UserProcessor(
            TopologySettings settings,
            Trust trust,
            Models models,
            ThreadLocal<ForwardPool> pools,
            StreamListener listener,
            Clock clock,
            Executor executor) {
        this.settings = settings;
        this.trust = trust;
        this.models = models;
        this.pools = pools;
        this.listener = listener;
        this.clock = clock;
        this.executor = executor;
    }

    /** May be called again on the same object after a failure: nothing on the heap survives it. */
    @Override
    public void init(ProcessorContext<byte[], byte[]> newContext) {
        close();
        context = newContext;
        delay = Optional.empty();
        sweeping = Optional.empty();
        pruning = Optional.empty();
        states = new UserStates(
                context.getStateStore(Names.ACTIVATION_SUMS_STORE),
                context.getStateStore(Names.USER_LIFECYCLE_STORE),
                context.getStateStore(Names.FLEET_LIFECYCLE_STORE),
                settings.defaults(),
                settings.upkeep().driftBlock());
        outputs = new Outputs(context, settings, trust, listener);
        KeptUpdates kept = new KeptUpdates(
                context.getStateStore(Names.USER_UPDATES_STORE),
                settings.upkeep().keptUpdates());
        UserPruner pruner = new UserPruner(models, outputs, kept, listener, clock);
        Rollbacks rollbacks = new Rollbacks(models, states, kept, outputs, listener, clock);
        Reservoirs reservoirs =
                new Reservoirs(context.getStateStore(Names.USER_RESERVOIR_STORE), settings.reservoirEvents());
        due = new DuePrunings(
                context.getStateStore(Names.DUE_PRUNINGS_STORE), models, states, reservoirs, pruner, executor);
        begun = Optional.of(due);
        deadlines = new Deadlines(models, states, due);
        evaluator = new BatchEvaluator(models, pools.get(), listener);
        folder = new EventFolder(
                settings.finishedSample(),
                settings.upkeep(),
                models,
                states,
                due,
                reservoirs,
                new Upgrades(states, due, reservoirs, listener),
                outputs,
                deadlines,
                listener,
                clock);
        erasures = new Erasures(states, due, reservoirs, kept, pruner, outputs, settings.upkeep());
        commands = new Commands(models, states, pruner, rollbacks, erasures, due, reservoirs, deadlines, listener);
        quarantine =
                new Quarantine(states, rollbacks, listener, settings.upkeep().quarantineFailures());
        sweeps = new Sweeps(
                new SweepStore(context.getStateStore(Names.FLEET_SWEEPS_STORE)),
                states,
                commands,
                due,
                settings.sweepUsers());
        buffer = new EventBuffer(context.getStateStore(Names.EVENT_BUFFER_STORE), settings.batchEvents());
        buffer.restore(models);
        joined = Optional.of(buffer);
        pools.get().join(buffer);
        deadlines.refill();
        context.schedule(DEADLINE_CHECK, PunctuationType.STREAM_TIME, this::pruneOverdue);
        if (settings.upkeep().expiryStepMillis() > 0) {
            context.schedule(
                    Duration.ofMillis(settings.upkeep().expiryStepMillis()),
                    PunctuationType.STREAM_TIME,
                    this::expireIdle);
        }
        armDelay();
        armSweeping();
        armPruning();
    }

    @Override
    public void process(Record<byte[], UserRecord> record) {
        UserRecord inbound = record.value();
        if (inbound instanceof UserRecord.Event event) {
            onEvent(event, record.key(), record.timestamp());
        } else if (inbound instanceof UserRecord.Command command) {
            onCommand(command, record.timestamp());
        } else if (inbound instanceof UserRecord.Failure failure) {
            onFailure(failure.message(), record.timestamp());
        }
        prune();
    }

    @Override
    public void close() {
        joined.ifPresent(pools.get()::leave);
        joined = Optional.empty();
        begun.ifPresent(DuePrunings::close);
        begun = Optional.empty();
    }

    private void onEvent(UserRecord.Event inbound, byte[] user, long timestamp) {
        if (buffer.mustFlushFirst()) {
            flush();
        }
        SensorEvent event;
        try {
            event = inbound.parse();
        } catch (MalformedMessageException e) {
            refuse(
                    inbound,
                    NO_KEY,
                    timestamp,
                    new UnusableEventException(Reason.MALFORMED, String.valueOf(e.getMessage()), e));
            return;
        }
        UserModelKey key = PendingEvent.keyOf(event);
        sweeps.bringUpToDate(key);
        StoredLifecycle state = states.lifecycle(key);
        if (states.paused(key, state)) {
            listener.event(StreamListener.EventOutcome.PAUSED);
            return;
        }
        if (skips(event, key, state)) {
            listener.event(StreamListener.EventOutcome.SKIPPED);
            return;
        }
        ModelInput input;
        try {
            input = models.prepare(event);
        } catch (UnusableEventException e) {
            refuse(inbound, user, timestamp, e);
            return;
        }
        buffer.add(inbound, event, input, timestamp);
        if (buffer.isFull()) {
            flush();
        } else {
            armDelay();
        }
    }

    /**
     * Whether the event needs no forward pass. What is not finished yet may be when the events before this one are folded; then
     * the folder skips it, so that the same events count wherever batches begin.
     */
    private boolean skips(SensorEvent event, UserModelKey key, StoredLifecycle state) {
        return settings.finishedSample() < 1
                && EventSampling.draw(event) >= settings.finishedSample()
                && states.settings(key, state)
                        .budget()
                        .finished(state.getRoundsEnded(), state.getEventsAtLastPruning());
    }

    private void onCommand(UserRecord.Command inbound, long timestamp) {
        flush();
        PruneCommand command = inbound.message();
        if (!inbound.forAllUsers()) {
            for (String model : commands.modelsOf(command)) {
                UserModelKey key = new UserModelKey(command.getUserId(), model);
                sweeps.bringUpToDate(key);
                commands.applyToUser(key, command, false, timestamp);
            }
            return;
        }
        boolean reporting = context.taskId().partition() == 0;
        CommandEffect effect = commands.applyToAll(command, reporting, timestamp);
        if (effect == CommandEffect.PRUNE
                || effect == CommandEffect.FORGET
                || effect == CommandEffect.ROLL_BACK
                || effect == CommandEffect.ERASE) {
            sweeps.begin(command, timestamp);
            sweeps.advance();
            armSweeping();
        }
    }

    /** Only an answer that counts has to wait for what came before it. */
    private void onFailure(MaskAcknowledgement answer, long timestamp) {
        if (quarantine.counts(answer)) {
            flush();
            UserModelKey key = new UserModelKey(answer.getUserId(), answer.getModelId());
            sweeps.bringUpToDate(key);
            if (due.contains(key)) {
                states.putLifecycle(key, due.finish(key, states.lifecycle(key)));
            }
        }
        quarantine.failed(answer, timestamp);
    }

    private void flush() {
        delay.ifPresent(Cancellable::cancel);
        delay = Optional.empty();
        if (buffer.isEmpty()) {
            return;
        }
        folder.fold(buffer.pending(), evaluator.evaluate(buffer));
        buffer.clear();
    }

    private void refuse(UserRecord.Event inbound, byte[] user, long timestamp, UnusableEventException why) {
        outputs.deadLetter(user, inbound.bytes(), timestamp, inbound.origin(), why);
    }

    private void pruneOverdue(long streamTimeMillis) {
        if (deadlines.anyOver(streamTimeMillis)) {
            flush();
            deadlines.prune(streamTimeMillis, DEADLINES_AT_A_TIME);
            prune();
        }
    }

    private void expireIdle(long streamTimeMillis) {
        flush();
        erasures.expire(streamTimeMillis, EXPIRED_AT_A_TIME);
    }

    private void armDelay() {
        if (delay.isEmpty() && !buffer.isEmpty()) {
            delay = Optional.of(context.schedule(
                    Duration.ofMillis(settings.batchMaxDelayMillis()), PunctuationType.WALL_CLOCK_TIME, now -> {
                        flush();
                        prune();
                    }));
        }
    }

    private void armSweeping() {
        if (sweeping.isEmpty() && !sweeps.isEmpty()) {
            sweeping = Optional.of(context.schedule(SWEEP_PAUSE, PunctuationType.WALL_CLOCK_TIME, now -> sweep()));
        }
    }

    /** Publishes the prunings that are done, and looks again soon if there are others. */
    private void prune() {
        due.advance();
        if (due.isEmpty()) {
            pruning.ifPresent(Cancellable::cancel);
            pruning = Optional.empty();
        } else {
            armPruning();
        }
    }

    private void armPruning() {
        if (pruning.isEmpty() && !due.isEmpty()) {
            pruning = Optional.of(context.schedule(PRUNING_CHECK, PunctuationType.WALL_CLOCK_TIME, now -> prune()));
        }
    }

    private void sweep() {
        sweeps.advance();
        prune();
        if (sweeps.isEmpty()) {
            sweeping.ifPresent(Cancellable::cancel);
            sweeping = Optional.empty();
        }
    }
}
