package io.fineprune.agent.metrics;

import io.fineprune.agent.fleet.FleetNews;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.lifecycle.CommandEffect;
import io.fineprune.topology.lifecycle.DeviceFailures;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.stream.StreamListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Turns what the topology tells into meters. Those with few values exist from the start, at zero. */
public final class TopologyMetrics implements StreamListener {
    /** Outcomes whose first case an alert has to see rise from zero. */
    private static final List<Rare> RARE = List.of(
            new Rare(Trigger.TRIGGER_DEVICE_FAILURES, PruningOutcome.PRUNING_OUTCOME_QUARANTINED),
            new Rare(Trigger.TRIGGER_COMMAND, PruningOutcome.PRUNING_OUTCOME_FORGOTTEN),
            new Rare(Trigger.TRIGGER_BUDGET_TIME, PruningOutcome.PRUNING_OUTCOME_EXPIRED),
            new Rare(Trigger.TRIGGER_DRIFT, PruningOutcome.PRUNING_OUTCOME_PUBLISHED));

    private record Rare(Trigger trigger, PruningOutcome outcome) {}

    private final AgentMetrics metrics;
    private final FleetNews news;
    private final Clock clock;
    private final Map<EventOutcome, Counter> events = new EnumMap<>(EventOutcome.class);
    private final Map<UnusableEventException.Reason, Counter> deadLetters =
            new EnumMap<>(UnusableEventException.Reason.class);
    private final Map<DeviceFailures.Outcome, Counter> failures = new EnumMap<>(DeviceFailures.Outcome.class);
    private final Counter rerouted;
    private final Map<String, ModelMeters> models = new HashMap<>();

    private record ModelMeters(
            Timer latency,
            DistributionSummary batchEvents,
            Timer forwardPass,
            Timer pruning,
            DistributionSummary nodes,
            DistributionSummary weights,
            DistributionSummary macs,
            DistributionSummary updateBytes,
            Counter rolledBack,
            Counter quarantined,
            Map<DriftOutcome, Counter> driftChecks,
            DistributionSummary driftDistance,
            Counter sumsRestarted) {}

    /**
     * Registers.
     *
     * @param news is told how far users' budgets are
     * @param modelIds those that the agent runs; no other becomes a tag
     */
    public TopologyMetrics(AgentMetrics metrics, FleetNews news, Clock clock, Collection<String> modelIds) {
        this.metrics = metrics;
        this.news = news;
        this.clock = clock;
        this.rerouted = metrics.counter(FleetMeter.EVENTS_REROUTED);
        for (EventOutcome outcome : EventOutcome.values()) {
            events.put(outcome, metrics.counter(FleetMeter.EVENTS, lower(outcome)));
        }
        for (UnusableEventException.Reason reason : UnusableEventException.Reason.values()) {
            deadLetters.put(reason, metrics.counter(FleetMeter.DEAD_LETTERS, lower(reason)));
        }
        for (DeviceFailures.Outcome outcome : DeviceFailures.Outcome.values()) {
            failures.put(outcome, metrics.counter(FleetMeter.DEVICE_FAILURES, lower(outcome)));
        }
        modelIds.forEach(id -> models.put(id, register(id)));
    }

    private ModelMeters register(String id) {
        for (Rare rare : RARE) {
            metrics.counter(
                    FleetMeter.PRUNINGS,
                    id,
                    name(rare.trigger(), "TRIGGER_"),
                    name(rare.outcome(), "PRUNING_OUTCOME_"));
        }
        Map<DriftOutcome, Counter> driftChecks = new EnumMap<>(DriftOutcome.class);
        for (DriftOutcome outcome : DriftOutcome.values()) {
            driftChecks.put(outcome, metrics.counter(FleetMeter.DRIFT_CHECKS, id, lower(outcome)));
        }
        return new ModelMeters(
                metrics.latency(FleetMeter.EVENT_LATENCY, id),
                metrics.batches(FleetMeter.BATCH_EVENTS, id),
                metrics.timer(FleetMeter.FORWARD_PASS, Duration.ofMillis(1), Duration.ofSeconds(10), id),
                metrics.timer(FleetMeter.PRUNING, Duration.ofMillis(1), Duration.ofSeconds(10), id),
                metrics.shares(FleetMeter.SPARSITY, id, "nodes"),
                metrics.shares(FleetMeter.SPARSITY, id, "weights"),
                metrics.shares(FleetMeter.SPARSITY, id, "macs"),
                metrics.bytes(FleetMeter.UPDATE_SIZE, id),
                metrics.counter(FleetMeter.ROLLBACKS, id, "command"),
                metrics.counter(FleetMeter.ROLLBACKS, id, "quarantine"),
                driftChecks,
                metrics.distances(FleetMeter.DRIFT_DISTANCE, id),
                metrics.counter(FleetMeter.SUMS_RESTARTED, id));
    }

    @Override
    public void event(EventOutcome outcome) {
        Counter counter = events.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void eventLatency(String modelId, long millis) {
        of(modelId).latency().record(Math.max(0, millis), TimeUnit.MILLISECONDS);
    }

    @Override
    public void deadLetter(UnusableEventException.Reason reason) {
        Counter counter = deadLetters.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void eventRerouted() {
        rerouted.increment();
    }

    @Override
    public void batch(String modelId, int size, long forwardNanos) {
        of(modelId).batchEvents().record(size);
        of(modelId).forwardPass().record(forwardNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void budget(UserModelKey user, double share) {
        news.budget(user, share);
    }

    @Override
    public void device(UserModelKey user, String device) {
        news.device(user, device);
    }

    @Override
    public void waits(UserModelKey user, boolean due) {
        news.waits(user, due, clock.millis());
    }

    @Override
    public void pruned(String modelId, Trigger trigger, SparsityReport sparsity, int updateBytes, long pruningNanos) {
        metrics.counter(FleetMeter.PRUNINGS, modelId, name(trigger, "TRIGGER_"), "published")
                .increment();
        ModelMeters meters = of(modelId);
        meters.pruning().record(pruningNanos, TimeUnit.NANOSECONDS);
        meters.nodes().record(sparsity.nodeShare());
        meters.weights().record(sparsity.weightShare());
        meters.macs().record(sparsity.macShare());
        meters.updateBytes().record(updateBytes);
    }

    @Override
    public void notPruned(String modelId, Trigger trigger, PruningOutcome outcome) {
        metrics.counter(FleetMeter.PRUNINGS, modelId, name(trigger, "TRIGGER_"), name(outcome, "PRUNING_OUTCOME_"))
                .increment();
    }

    @Override
    public void rolledBack(String modelId, Trigger trigger) {
        ModelMeters meters = of(modelId);
        (trigger == Trigger.TRIGGER_COMMAND ? meters.rolledBack() : meters.quarantined()).increment();
    }

    @Override
    public void drift(String modelId, DriftOutcome outcome, double distance) {
        ModelMeters meters = of(modelId);
        meters.driftDistance().record(distance);
        Counter counter = meters.driftChecks().get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void deviceFailure(DeviceFailures.Outcome outcome) {
        Counter counter = failures.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void command(CommandAction action, CommandEffect effect) {
        metrics.counter(FleetMeter.COMMANDS, name(action, "COMMAND_ACTION_"), lower(effect))
                .increment();
    }

    @Override
    public void sumsRestarted(String modelId) {
        of(modelId).sumsRestarted().increment();
    }

    private ModelMeters of(String modelId) {
        ModelMeters meters = models.get(modelId);
        if (meters == null) {
            throw new IllegalArgumentException(
                    "Expected one of the models %s, but was %s".formatted(models.keySet(), modelId));
        }
        return meters;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String name(Enum<?> value, String prefix) {
        return lower(value).replaceFirst("^" + prefix.toLowerCase(Locale.ROOT), "");
    }
}
