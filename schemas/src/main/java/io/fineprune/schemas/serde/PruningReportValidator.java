package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.Evidence;
import io.fineprune.schemas.v1.GainEstimate;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.Sparsity;

/** Bounds of {@link PruningReport}, {@link Sparsity} and {@link Evidence}. */
final class PruningReportValidator implements Validator<PruningReport> {
    private static final int TEN_THOUSAND = 10_000;

    @Override
    public void validate(PruningReport report) {
        Check.text("pruning_report.user_id", report.getUserId(), 1, Identifiers.MAX_USER_BYTES);
        Check.text("pruning_report.model_id", report.getModelId(), 1, Identifiers.MAX_MODEL_BYTES);
        Check.specified("pruning_report.trigger", report.getTriggerValue(), report.getTrigger());
        Check.specified("pruning_report.outcome", report.getOutcomeValue(), report.getOutcome());
        Check.text("pruning_report.reason", report.getReason(), 0, Identifiers.MAX_REASON_BYTES);
        Check.atLeast("pruning_report.version", report.getVersion(), 0);
        if (report.hasSparsity()) {
            sparsity("pruning_report.sparsity", report.getSparsity());
        }
        if (report.hasEvidence()) {
            evidence("pruning_report.evidence", report.getEvidence());
        }
        Check.text("pruning_report.command_id", report.getCommandId(), 0, Identifiers.MAX_COMMAND_BYTES);
        Check.text("pruning_report.requested_by", report.getRequestedBy(), 0, Identifiers.MAX_REQUESTER_BYTES);
        Check.atLeast("pruning_report.decided_at_millis", report.getDecidedAtMillis(), 1);
        Check.atLeast("pruning_report.pruning_micros", report.getPruningMicros(), 0);
        Check.range("pruning_report.update_bytes", report.getUpdateBytes(), 0, MessageSerdes.MAX_JOINED_UPDATE_BYTES);
        Check.atLeast("pruning_report.content_version", report.getContentVersion(), 0);
        Check.range("pruning_report.probability", report.getProbability(), 0, 1);
        if (report.hasExpectedGain()) {
            GainEstimate gain = report.getExpectedGain();
            Check.range("pruning_report.expected_gain.value", gain.getValue(), -1.0, 1.0);
            Check.range("pruning_report.expected_gain.least", gain.getLeast(), -1.0, gain.getValue());
        }
    }

    static void sparsity(String field, Sparsity sparsity) {
        Check.range(field + ".nodes", sparsity.getNodes(), 0.0, 1.0);
        Check.range(field + ".weights", sparsity.getWeights(), 0.0, 1.0);
        Check.range(field + ".macs", sparsity.getMacs(), 0.0, 1.0);
        Check.range(field + ".nodes_ten_thousandths", sparsity.getNodesTenThousandths(), 0, TEN_THOUSAND);
        Check.range(field + ".weights_ten_thousandths", sparsity.getWeightsTenThousandths(), 0, TEN_THOUSAND);
        Check.range(field + ".macs_ten_thousandths", sparsity.getMacsTenThousandths(), 0, TEN_THOUSAND);
    }

    static void evidence(String field, Evidence evidence) {
        Check.atLeast(field + ".events_seen", evidence.getEventsSeen(), 1);
        Check.atLeast(field + ".first_event_millis", evidence.getFirstEventMillis(), 1);
        Check.atLeast(field + ".last_event_millis", evidence.getLastEventMillis(), 1);
        if (evidence.hasEstimatedAccuracy()) {
            AccuracyEstimate estimate = evidence.getEstimatedAccuracy();
            Check.range(field + ".estimated_accuracy.value", estimate.getValue(), 0.0, 1.0);
            Check.range(field + ".estimated_accuracy.lower", estimate.getLower(), 0.0, estimate.getValue());
            Check.range(field + ".estimated_accuracy.upper", estimate.getUpper(), estimate.getValue(), 1.0);
        }
    }
}
