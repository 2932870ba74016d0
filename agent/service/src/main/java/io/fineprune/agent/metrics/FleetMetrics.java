package io.fineprune.agent.metrics;

import io.fineprune.agent.fleet.FleetListener;
import io.fineprune.agent.fleet.FleetView;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Turns devices' answers into meters, and the users known here into distributions. Answers for other models are not counted. */
public final class FleetMetrics implements FleetListener {
    private final Map<String, ModelMeters> models = new HashMap<>();

    private record ModelMeters(
            Counter applied,
            Counter refused,
            Counter rolledBack,
            Counter wentBack,
            Timer swap,
            Timer gap,
            Counter missed,
            Counter sourceRight,
            Counter sourceWrong,
            Counter maskRight,
            Counter maskWrong) {}

    /**
     * Registers.
     *
     * @param modelIds those that the agent runs; no other becomes a tag
     */
    public FleetMetrics(AgentMetrics metrics, FleetView view, Clock clock, Collection<String> modelIds) {
        modelIds.forEach(id -> models.put(id, register(metrics, id)));
        new UserDistributions(view, clock, modelIds).register(metrics);
    }

    @Override
    public void acknowledged(MaskAcknowledgement acknowledgement) {
        @Nullable ModelMeters meters = models.get(acknowledgement.getModelId());
        if (meters == null) {
            return;
        }
        if (acknowledgement.getStatus() == AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED) {
            meters.applied().increment();
            meters.swap().record(acknowledgement.getSwapMicros(), TimeUnit.MICROSECONDS);
            meters.gap().record(acknowledgement.getLongestGapMicros(), TimeUnit.MICROSECONDS);
        } else if (acknowledgement.getStatus() == AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_ROLLED_BACK) {
            meters.rolledBack().increment();
            meters.wentBack().increment();
        } else {
            meters.refused().increment();
        }
        meters.missed().increment((double) acknowledgement.getMissedInferences());
    }

    @Override
    public void labelled(FeedbackLabel label) {
        @Nullable ModelMeters meters = models.get(label.getModelId());
        if (meters == null) {
            return;
        }
        boolean right = label.getPredicted().equals(label.getLabel());
        if (label.getMaskVersion() == 0) {
            (right ? meters.sourceRight() : meters.sourceWrong()).increment();
        } else {
            (right ? meters.maskRight() : meters.maskWrong()).increment();
        }
    }

    private static ModelMeters register(AgentMetrics metrics, String id) {
        return new ModelMeters(
                metrics.counter(FleetMeter.ACKNOWLEDGEMENTS, id, "applied"),
                metrics.counter(FleetMeter.ACKNOWLEDGEMENTS, id, "refused"),
                metrics.counter(FleetMeter.ACKNOWLEDGEMENTS, id, "rolled_back"),
                metrics.counter(FleetMeter.ROLLBACKS, id, "device"),
                metrics.timer(FleetMeter.SWAP, Duration.ofMillis(1), Duration.ofSeconds(30), id),
                metrics.timer(FleetMeter.SWAP_GAP, Duration.ofNanos(100_000), Duration.ofSeconds(1), id),
                metrics.counter(FleetMeter.MISSED_INFERENCES, id),
                metrics.counter(FleetMeter.LABELS, id, "source", "right"),
                metrics.counter(FleetMeter.LABELS, id, "source", "wrong"),
                metrics.counter(FleetMeter.LABELS, id, "mask", "right"),
                metrics.counter(FleetMeter.LABELS, id, "mask", "wrong"));
    }
}
