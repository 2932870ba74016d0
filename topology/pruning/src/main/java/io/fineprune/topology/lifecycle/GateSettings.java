package io.fineprune.topology.lifecycle;

/**
 * Thresholds that an update must meet to be published; both are estimated without labels.
 *
 * @param confidence least probability that the update is no more than {@value GainJudge#TOLERANCE} less accurate than the source
 *     model for this user; above 0, below 1
 * @param disagreement largest share of a user's events on which an update that follows the source model may answer otherwise, with a
 *     confidence of 95 %; 0 turns this second way off
 */
public record GateSettings(double confidence, double disagreement) {
    public static final GateSettings DEFAULT = new GateSettings(0.9, 0.05);

    public GateSettings {
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("Expected a confidence above 0 and below 1, but was " + confidence);
        }
        if (!(disagreement >= 0 && disagreement <= 1)) {
            throw new IllegalArgumentException("Expected a disagreement from 0 to 1, but was " + disagreement);
        }
    }
}
