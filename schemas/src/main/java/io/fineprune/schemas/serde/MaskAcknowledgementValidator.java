package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.MaskAcknowledgement;

/** Bounds of {@link MaskAcknowledgement}. */
final class MaskAcknowledgementValidator implements Validator<MaskAcknowledgement> {
    @Override
    public void validate(MaskAcknowledgement answer) {
        Check.text("mask_acknowledgement.user_id", answer.getUserId(), 1, Identifiers.MAX_USER_BYTES);
        Check.text("mask_acknowledgement.device_id", answer.getDeviceId(), 1, Identifiers.MAX_DEVICE_BYTES);
        Check.text("mask_acknowledgement.model_id", answer.getModelId(), 1, Identifiers.MAX_MODEL_BYTES);
        boolean refused = answer.getStatus() == AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED;
        Check.atLeast("mask_acknowledgement.version", answer.getVersion(), refused ? 0 : 1);
        Check.specified("mask_acknowledgement.status", answer.getStatusValue(), answer.getStatus());
        boolean applied = answer.getStatus() == AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED;
        Check.text(
                "mask_acknowledgement.reason",
                answer.getReason(),
                applied ? 0 : 1,
                applied ? 0 : Identifiers.MAX_REASON_BYTES);
        Check.atLeast("mask_acknowledgement.applied_at_millis", answer.getAppliedAtMillis(), 1);
        Check.atLeast("mask_acknowledgement.swap_micros", answer.getSwapMicros(), 0);
        Check.atLeast("mask_acknowledgement.longest_gap_micros", answer.getLongestGapMicros(), 0);
        Check.atLeast("mask_acknowledgement.missed_inferences", answer.getMissedInferences(), 0);
        Check.atLeast("mask_acknowledgement.running_version", answer.getRunningVersion(), 0);
    }
}
