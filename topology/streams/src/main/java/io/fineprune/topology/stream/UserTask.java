package io.fineprune.topology.stream;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.WaitingRecord;
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
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Processes the events and commands of one partition's users while this agent owns it. Events wait in a durable buffer
 * until there is a batch of them or the first has waited long enough; one forward pass, then sums and budgets, then
 * the buffer is emptied, all in one transaction. Masks are computed beside that and published when they are ready. A
 * command first evaluates what waits, so that it finds every event that came before it. For the task's stream thread
 * only.
 */
final class UserTask implements AutoCloseable {
    private static final Duration SWEEP_PAUSE = Duration.ofMillis(20);
    private static final Duration PRUNING_CHECK = Duration.ofMillis(20);
    private static final Duration DEADLINE_CHECK = Duration.ofSeconds(1);
    private static final int DEADLINES_AT_A_TIME = 64;
    private static final int EXPIRED_AT_A_TIME = 64;
    private static final int MOST_HELD = 256;
    private static final byte[] NO_KEY = new byte[0];

    private final Shared shared;
    private final ProcessorContext<byte[], byte[]> context;
    private final ForwardPool pool;
    private final UserStates states;
    private final EventBuffer buffer;
    private final Outputs outputs;
    private final BatchEvaluator evaluator;
    private final EventFolder folder;
    private final DuePrunings due;
    private final WaitingRecords waiting;
    private final Deadlines deadlines;
    private final Commands commands;
    private final Erasures erasures;
    private final Quarantine quarantine;
    private final Sweeps sweeps;
    private Optional<Cancellable> delay = Optional.empty();
    private Optional<Cancellable> sweeping = Optional.empty();
    private Optional<Cancellable> pruning = Optional.empty();

    /**
     * The objects that all tasks of an agent share.
     *
     * @param pools of the calling stream thread, whose tasks share forward passes
     * @param executor computes prunings beside the stream threads
     */
    record Shared(
            TopologySettings settings,
            Trust trust,
            Models models,
            ThreadLocal<ForwardPool> pools,
            StreamListener listener,
            Clock clock,
            Executor executor) {}

    /** Opens the stores, resumes the work that an earlier task left in them, and schedules what depends on time. */
    UserTask(Shared shared, ProcessorContext<byte[], byte[]> context) {
        this.shared = shared;
        this.context = context;
        this.pool = shared.pools().get();
        states = new UserStates(
                context.getStateStore(Names.ACTIVATION_SUMS_STORE),
                context.getStateStore(Names.USER_LIFECYCLE_STORE),
                context.getStateStore(Names.FLEET_LIFECYCLE_STORE),
                shared.settings().defaults(),
                shared.settings().upkeep().driftBlock());
        outputs = new Outputs(context, shared.settings(), shared.trust(), shared.listener());
        KeptUpdates kept = new KeptUpdates(
                context.getStateStore(Names.USER_UPDATES_STORE),
                shared.settings().upkeep().keptUpdates());
        UserPruner pruner = new UserPruner(shared.models(), outputs, kept, shared.listener(), shared.clock());
        Rollbacks rollbacks = new Rollbacks(shared.models(), states, kept, outputs, shared.listener(), shared.clock());
        Reservoirs reservoirs = new Reservoirs(
                context.getStateStore(Names.USER_RESERVOIR_STORE),
                shared.settings().reservoirEvents());
        due = new DuePrunings(
                context.getStateStore(Names.DUE_PRUNINGS_STORE),
                shared.models(),
                states,
                reservoirs,
                pruner,
                shared.listener(),
                shared.executor());
        waiting = new WaitingRecords(context.getStateStore(Names.WAITING_RECORDS_STORE));
        deadlines = new Deadlines(shared.models(), states, due);
        evaluator = new BatchEvaluator(shared.models(), pool, shared.listener());
        folder = new EventFolder(
                shared.settings().finishedSample(),
                shared.settings().upkeep(),
                shared.models(),
                states,
                due,
                reservoirs,
                new Upgrades(states, due, reservoirs, shared.listener()),
                outputs,
                deadlines,
                shared.listener(),
                shared.clock());
        erasures = new Erasures(
                states,
                due,
                reservoirs,
                kept,
                pruner,
                outputs,
                shared.settings().upkeep());
        commands = new Commands(
                shared.models(),
                states,
                pruner,
                rollbacks,
                erasures,
                due,
                waiting,
                reservoirs,
                deadlines,
                shared.listener());
        quarantine = new Quarantine(
                states, rollbacks, shared.listener(), shared.settings().upkeep().quarantineFailures());
        sweeps = new Sweeps(
                new SweepStore(context.getStateStore(Names.FLEET_SWEEPS_STORE)),
                states,
                commands,
                due,
                waiting,
                shared.settings().sweepUsers());
        buffer = new EventBuffer(
                context.getStateStore(Names.EVENT_BUFFER_STORE),
                shared.settings().batchEvents());
        buffer.restore(shared.models());
        deadlines.refill();
        context.schedule(DEADLINE_CHECK, PunctuationType.STREAM_TIME, this::pruneOverdue);
        if (shared.settings().upkeep().expiryStepMillis() > 0) {
            context.schedule(
                    Duration.ofMillis(shared.settings().upkeep().expiryStepMillis()),
                    PunctuationType.STREAM_TIME,
                    this::expireIdle);
        }
        armDelay();
        armSweeping();
        armPruning();
        pool.join(buffer);
    }

    /** Processes the next record of the partition, and publishes the prunings that are computed. */
    void process(Record<byte[], UserRecord> record) {
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

    /** Leaves the thread's pool and gives up the prunings that are computed; the next owner of the partition computes them. */
    @Override
    public void close() {
        pool.leave(buffer);
        due.close();
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
        shared.listener().device(key, event.getDeviceId());
        sweeps.bringUpToDate(key);
        if (waiting.contains(key)) {
            hold(key, inbound, user, timestamp);
        } else {
            onEventOf(key, inbound, event, user, timestamp);
        }
    }

    /** Keeps an event behind the command that its user waits with; one who sends very many meanwhile holds up the others after all. */
    private void hold(UserModelKey key, UserRecord.Event inbound, byte[] user, long timestamp) {
        waiting.add(
                key,
                WaitingRecord.newBuilder()
                        .setEvent(ByteString.copyFrom(inbound.encode()))
                        .setKey(ByteString.copyFrom(user))
                        .setTimestampMillis(Math.max(0, timestamp))
                        .build());
        if (waiting.size(key) > MOST_HELD) {
            catchUp(key);
        }
    }

    /** Goes on, in order, with all that waits for a user, and waits itself for the user's prunings. */
    private void catchUp(UserModelKey key) {
        while (waiting.contains(key)) {
            if (due.contains(key)) {
                states.putLifecycle(key, due.finish(key, states.lifecycle(key)));
            }
            goOn(key);
        }
    }

    private void catchUpAll() {
        waiting.users().forEach(this::catchUp);
    }

    /** Goes on with what waits for a user until there is nothing left, or another pruning is due. */
    private void goOn(UserModelKey key) {
        while (waiting.contains(key) && !due.contains(key)) {
            WaitingRecord record = waiting.take(key);
            if (record.hasCommand()) {
                flush();
                if (due.contains(key)) { // what was folded just now led to it
                    states.putLifecycle(key, due.finish(key, states.lifecycle(key)));
                }
                commands.carryOut(key, record.getCommand(), record.getSwept(), record.getTimestampMillis());
            } else {
                UserRecord.Event inbound =
                        UserRecord.Event.decode(record.getEvent().toByteArray());
                if (buffer.mustFlushFirst()) {
                    flush();
                }
                onEventOf(key, inbound, inbound.parse(), record.getKey().toByteArray(), record.getTimestampMillis());
            }
        }
    }

    private void onEventOf(UserModelKey key, UserRecord.Event inbound, SensorEvent event, byte[] user, long timestamp) {
        StoredLifecycle state = states.lifecycle(key);
        if (states.paused(key, state)) {
            shared.listener().event(StreamListener.EventOutcome.PAUSED);
            return;
        }
        if (skips(event, key, state)) {
            shared.listener().event(StreamListener.EventOutcome.SKIPPED);
            return;
        }
        ModelInput input;
        try {
            input = shared.models().prepare(event);
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
     * Tells whether the event needs no forward pass because the user's rounds are over and the event is not in the
     * sample. Rounds may also end while earlier events are folded; then the folder skips it, so that the same events
     * count wherever batches begin.
     */
    private boolean skips(SensorEvent event, UserModelKey key, StoredLifecycle state) {
        return shared.settings().finishedSample() < 1
                && EventSampling.draw(event) >= shared.settings().finishedSample()
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
        catchUpAll();
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

    /** Handles a device's failure. Only one that counts has to wait until the events before it are folded. */
    private void onFailure(MaskAcknowledgement answer, long timestamp) {
        if (quarantine.counts(answer)) {
            flush();
            UserModelKey key = new UserModelKey(answer.getUserId(), answer.getModelId());
            sweeps.bringUpToDate(key);
            catchUp(key);
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
        for (UserModelKey key : waiting.users()) {
            long millis = states.settings(key, states.lifecycle(key)).budget().millis();
            if (millis > 0 && waiting.since(key) <= streamTimeMillis - millis) {
                catchUp(key);
            }
        }
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
                    Duration.ofMillis(shared.settings().batchMaxDelayMillis()),
                    PunctuationType.WALL_CLOCK_TIME,
                    now -> {
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
        if (!waiting.isEmpty()) {
            waiting.users().forEach(this::goOn);
            due.advance();
        }
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
