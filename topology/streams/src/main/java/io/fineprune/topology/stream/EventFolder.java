package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.budget.BudgetDecision;
import io.fineprune.topology.lifecycle.ClassWatch;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.Lifecycle;
import io.fineprune.topology.lifecycle.UpkeepSettings;
import io.fineprune.topology.sums.SumsAccumulator;
import io.fineprune.topology.sums.SumsReading;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Folds an evaluated batch into the stores: each user's sums are read and written once per batch, whatever the number of the
 * user's events in it. The budget is asked after every single event, so that a mask rests on the very same events wherever
 * batches begin.
 */
final class EventFolder {
    private final double finishedSample;
    private final UpkeepSettings upkeep;
    private final Models models;
    private final UserStates states;
    private final DuePrunings due;
    private final Reservoirs reservoirs;
    private final Upgrades upgrades;
    private final Outputs outputs;
    private final Deadlines deadlines;
    private final StreamListener listener;
    private final Clock clock;

    EventFolder(
            double finishedSample,
            UpkeepSettings upkeep,
            Models models,
            UserStates states,
            DuePrunings due,
            Reservoirs reservoirs,
            Upgrades upgrades,
            Outputs outputs,
            Deadlines deadlines,
            StreamListener listener,
            Clock clock) {
        this.finishedSample = finishedSample;
        this.upkeep = upkeep;
        this.models = models;
        this.states = states;
        this.due = due;
        this.reservoirs = reservoirs;
        this.upgrades = upgrades;
        this.outputs = outputs;
        this.deadlines = deadlines;
        this.listener = listener;
        this.clock = clock;
    }

    /** @param outcomes [events] of the same events */
    void fold(List<PendingEvent> events, BatchEvaluator.Outcome[] outcomes) {
        Map<UserModelKey, List<Integer>> byUser = new LinkedHashMap<>();
        for (int e = 0; e < outcomes.length; e++) {
            PendingEvent event = events.get(e);
            if (outcomes[e] instanceof BatchEvaluator.Outcome.Failed failed) {
                byte[] user = event.key().user().getBytes(StandardCharsets.UTF_8);
                outputs.deadLetter(user, event.bytes(), event.timestamp(), event.origin(), failed.why());
            } else {
                byUser.computeIfAbsent(event.key(), key -> new ArrayList<>()).add(e);
            }
        }
        byUser.forEach((key, indices) -> fold(key, events, indices, outcomes));
    }

    private void fold(
            UserModelKey key, List<PendingEvent> events, List<Integer> indices, BatchEvaluator.Outcome[] outcomes) {
        Architecture architecture = models.source(key.model()).orElseThrow().architecture();
        StoredLifecycle before = states.lifecycle(key);
        StoredLifecycle state = before;
        Optional<SumsReading> stored = states.sums(key, architecture);
        SumsAccumulator sums;
        if (stored.isPresent() && stored.get() instanceof SumsReading.Usable usable) {
            sums = usable.sums();
        } else if (stored.isPresent() && stored.get() instanceof SumsReading.Foreign foreign) {
            Upgrades.Begun begun = upgrades.begin(key, state, foreign, architecture);
            sums = begun.sums();
            state = begun.state();
        } else {
            sums = states.newSums(architecture);
        }
        EffectiveSettings settings = states.settings(key, state);
        boolean pinned = states.pinned(key, state);
        double share = settings.budget().finished(state.getRoundsEnded(), state.getEventsAtLastPruning()) ? 1 : 0;
        for (int index : indices) {
            PendingEvent event = events.get(index);
            if (event.draw() >= finishedSample) {
                if (settings.budget().gradual()) {
                    state = due.finish(key, state); // publishing the due pruning may end the rounds
                }
                if (settings.budget().finished(state.getRoundsEnded(), state.getEventsAtLastPruning())) {
                    listener.event(StreamListener.EventOutcome.SKIPPED);
                    continue;
                }
            }
            BatchEvaluator.Outcome.Row row = (BatchEvaluator.Outcome.Row) outcomes[index];
            sums.add(row.batch(), row.row(), event.capturedAtMillis());
            reservoirs.offer(key, sums.events(), event.input().orElseThrow(), due.events(key));
            state = upkeep.seen(Lifecycle.counted(state, event.timestamp()), event.timestamp());
            listener.event(StreamListener.EventOutcome.COUNTED);
            if (drifted(key, state, sums, pinned, event.timestamp())) {
                state = Lifecycle.drifted(due.finish(key, state), event.timestamp());
                SumsAccumulator old = sums;
                sums = states.newSums(architecture);
                sums.keep(old.previous());
                reservoirs.restart(key);
            }
            listener.eventLatency(key.model(), clock.millis() - event.timestamp());
            if (!sums.risen().isEmpty() && upkeep.laterClassesEvents() > 0) {
                state = ClassWatch.risen(
                        due.finish(key, state),
                        sums.risen(),
                        SumsAccumulator.RISEN_BLOCK,
                        sums.events(),
                        upkeep.laterClassesEvents());
            }
            BudgetDecision decision =
                    settings.budget().decide(Lifecycle.progress(state, sums.events(), event.timestamp()));
            if (decision instanceof BudgetDecision.Reached && !pinned && due.contains(key)) {
                state = due.finish(key, state);
                decision = settings.budget().decide(Lifecycle.progress(state, sums.events(), event.timestamp()));
            }
            if (decision instanceof BudgetDecision.Reached reached && !pinned) {
                state = due.begin(
                        key,
                        state,
                        sums,
                        Lifecycle.trigger(state, reached.trigger()),
                        Optional.empty(),
                        event.timestamp());
                sums.mark();
                share = 0;
            } else if (!pinned && ClassWatch.due(state, sums.events())) {
                state = due.finish(key, state);
                if (ClassWatch.due(state, sums.events())) {
                    state = due.begin(key, state, sums, state.getRoundTrigger(), Optional.empty(), event.timestamp());
                    sums.mark();
                }
                share = 0;
            } else if (decision instanceof BudgetDecision.Waiting waiting) {
                share = waiting.share();
            }
        }
        listener.budget(key, share);
        if (!state.hasPrevious()) {
            sums.keep(Optional.empty());
        }
        states.putSums(key, sums);
        if (!state.equals(before)) {
            states.putLifecycle(key, state);
        }
        deadlines.expect(key, state, settings);
    }

    /** Tells whether the event completes a block that lies beyond the drift threshold. */
    private boolean drifted(
            UserModelKey key, StoredLifecycle state, SumsAccumulator sums, boolean pinned, long timestamp) {
        if (!sums.marked() && state.getPrunings() > 0) {
            sums.mark();
        }
        if (sums.drift().isEmpty()) {
            return false;
        }
        double distance = sums.drift().getAsDouble();
        if (distance < upkeep.driftThreshold()) {
            listener.drift(key.model(), StreamListener.DriftOutcome.WITHIN, distance);
            return false;
        }
        boolean held = pinned || !upkeep.driftAgain(state, timestamp);
        listener.drift(
                key.model(), held ? StreamListener.DriftOutcome.HELD : StreamListener.DriftOutcome.BEYOND, distance);
        return !held;
    }
}
