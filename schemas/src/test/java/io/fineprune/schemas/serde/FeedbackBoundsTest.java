package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import java.util.List;
import java.util.function.Consumer;

/** Every bound of acknowledgements and labels, broken one by one. */
class FeedbackBoundsTest extends BoundsContract {
    static List<Case<?>> cases() {
        Cases cases = new Cases();
        acknowledgements(cases);
        labels(cases);
        return cases.list();
    }

    private static void acknowledgement(Cases cases, Consumer<MaskAcknowledgement.Builder> change, String error) {
        cases.when(
                Samples.acknowledgement(),
                MessageSerdes.maskAcknowledgement(),
                MaskAcknowledgement.Builder.class,
                change,
                error);
    }

    private static void acknowledgements(Cases cases) {
        String field = " in field mask_acknowledgement.";
        acknowledgement(cases, b -> b.setUserId(""), "Expected 1 to 128 bytes" + field + "user_id, but was 0");
        acknowledgement(cases, b -> b.setDeviceId(""), "Expected 1 to 128 bytes" + field + "device_id, but was 0");
        acknowledgement(cases, b -> b.setModelId(""), "Expected 1 to 64 bytes" + field + "model_id, but was 0");
        acknowledgement(cases, b -> b.setVersion(-1), "Expected at least 0" + field + "version, but was -1");
        acknowledgement(
                cases,
                b -> b.setVersion(0).setReason("").setStatus(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED),
                "Expected at least 1" + field + "version, but was 0");
        acknowledgement(
                cases,
                b -> b.setStatusValue(0),
                "Expected one of ACKNOWLEDGEMENT_STATUS_APPLIED, ACKNOWLEDGEMENT_STATUS_REFUSED,"
                        + " ACKNOWLEDGEMENT_STATUS_ROLLED_BACK" + field + "status, but was 0");
        acknowledgement(cases, b -> b.setReason(""), "Expected 1 to 1024 bytes" + field + "reason, but was 0");
        acknowledgement(
                cases, b -> b.setReason("r".repeat(1025)), "Expected 1 to 1024 bytes" + field + "reason, but was 1025");
        acknowledgement(
                cases,
                b -> b.setStatus(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED),
                "Expected at most 0 bytes" + field + "reason, but was 32");
        acknowledgement(
                cases, b -> b.setAppliedAtMillis(0), "Expected at least 1" + field + "applied_at_millis, but was 0");
        acknowledgement(cases, b -> b.setSwapMicros(-1), "Expected at least 0" + field + "swap_micros, but was -1");
        acknowledgement(
                cases,
                b -> b.setLongestGapMicros(-2),
                "Expected at least 0" + field + "longest_gap_micros, but was -2");
        acknowledgement(
                cases, b -> b.setMissedInferences(-3), "Expected at least 0" + field + "missed_inferences, but was -3");
        acknowledgement(
                cases, b -> b.setRunningVersion(-4), "Expected at least 0" + field + "running_version, but was -4");
    }

    private static void label(Cases cases, Consumer<FeedbackLabel.Builder> change, String error) {
        cases.when(Samples.label(), MessageSerdes.feedbackLabel(), FeedbackLabel.Builder.class, change, error);
    }

    private static void labels(Cases cases) {
        String field = " in field feedback_label.";
        label(cases, b -> b.setUserId(""), "Expected 1 to 128 bytes" + field + "user_id, but was 0");
        label(cases, b -> b.setModelId(""), "Expected 1 to 64 bytes" + field + "model_id, but was 0");
        label(cases, b -> b.setEventId(""), "Expected 1 to 64 bytes" + field + "event_id, but was 0");
        label(cases, b -> b.setLabel("l".repeat(129)), "Expected 1 to 128 bytes" + field + "label, but was 129");
        label(cases, b -> b.setPredicted(""), "Expected 1 to 128 bytes" + field + "predicted, but was 0");
        label(cases, b -> b.setMaskVersion(-1), "Expected at least 0" + field + "mask_version, but was -1");
        label(cases, b -> b.setLabeledAtMillis(0), "Expected at least 1" + field + "labeled_at_millis, but was 0");
    }
}
