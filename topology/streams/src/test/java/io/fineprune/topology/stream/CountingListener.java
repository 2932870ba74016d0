package io.fineprune.topology.stream;

import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.lifecycle.DeviceFailures;
import io.fineprune.topology.pruning.SparsityReport;
import java.util.EnumMap;
import java.util.Map;

/** Counts what it hears. */
final class CountingListener implements StreamListener {
    final Map<EventOutcome, Integer> events = new EnumMap<>(EventOutcome.class);
    final Map<UnusableEventException.Reason, Integer> deadLetters = new EnumMap<>(UnusableEventException.Reason.class);
    final Map<Trigger, Integer> pruned = new EnumMap<>(Trigger.class);
    final Map<PruningOutcome, Integer> notPruned = new EnumMap<>(PruningOutcome.class);
    int batches;
    int rerouted;
    int restarted;
    int rolledBack;
    final Map<DriftOutcome, Integer> drift = new EnumMap<>(DriftOutcome.class);
    final Map<DeviceFailures.Outcome, Integer> failures = new EnumMap<>(DeviceFailures.Outcome.class);

    int count(EventOutcome outcome) {
        return events.getOrDefault(outcome, 0);
    }

    @Override
    public void event(EventOutcome outcome) {
        events.merge(outcome, 1, Integer::sum);
    }

    @Override
    public void deadLetter(UnusableEventException.Reason reason) {
        deadLetters.merge(reason, 1, Integer::sum);
    }

    @Override
    public void eventRerouted() {
        rerouted++;
    }

    @Override
    public void batch(String modelId, int size, long forwardNanos) {
        batches++;
    }

    @Override
    public void pruned(String modelId, Trigger trigger, SparsityReport sparsity, int updateBytes, long pruningNanos) {
        pruned.merge(trigger, 1, Integer::sum);
    }

    @Override
    public void notPruned(String modelId, Trigger trigger, PruningOutcome outcome) {
        notPruned.merge(outcome, 1, Integer::sum);
    }

    @Override
    public void drift(String modelId, DriftOutcome outcome, double distance) {
        drift.merge(outcome, 1, Integer::sum);
    }

    @Override
    public void deviceFailure(DeviceFailures.Outcome outcome) {
        failures.merge(outcome, 1, Integer::sum);
    }

    @Override
    public void rolledBack(String modelId, Trigger trigger) {
        rolledBack++;
    }

    @Override
    public void sumsRestarted(String modelId) {
        restarted++;
    }
}
