package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.FeedbackLabel;

/** Bounds of {@link FeedbackLabel}. */
final class FeedbackLabelValidator implements Validator<FeedbackLabel> {
    private static final int MAX_LABEL_BYTES = 128;

    @Override
    public void validate(FeedbackLabel label) {
        Check.text("feedback_label.user_id", label.getUserId(), 1, Identifiers.MAX_USER_BYTES);
        Check.text("feedback_label.model_id", label.getModelId(), 1, Identifiers.MAX_MODEL_BYTES);
        Check.text("feedback_label.event_id", label.getEventId(), 1, Identifiers.MAX_EVENT_BYTES);
        Check.text("feedback_label.label", label.getLabel(), 1, MAX_LABEL_BYTES);
        Check.text("feedback_label.predicted", label.getPredicted(), 1, MAX_LABEL_BYTES);
        Check.atLeast("feedback_label.mask_version", label.getMaskVersion(), 0);
        Check.atLeast("feedback_label.labeled_at_millis", label.getLabeledAtMillis(), 1);
    }
}
