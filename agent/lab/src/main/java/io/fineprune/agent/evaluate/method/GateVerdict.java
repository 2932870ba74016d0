package io.fineprune.agent.evaluate.method;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fineprune.schemas.v1.AccuracyEstimate;
import java.util.Optional;

/**
 * What the quality gate estimated without labels, and what it decided.
 *
 * @param published whether the candidate took the source model's place
 * @param grounds why it was published: gain, bound, declared or unjudged; empty if it was not
 * @param probability that the candidate which promised most is no worse than the source model, if that was judged
 * @param reason why not; empty if it was published
 * @param source estimated accuracy of the source model, if it could be estimated
 * @param inForce estimated accuracy of what is in force afterwards, if it could be estimated
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record GateVerdict(
        boolean published,
        String grounds,
        Optional<Double> probability,
        String reason,
        Optional<Estimate> source,
        Optional<Estimate> inForce) {
    /**
     * An estimated accuracy.
     *
     * @param value 0 to 1
     * @param low lower end of its 95 % interval
     * @param high upper end
     */
    public record Estimate(double value, double low, double high) {
        static Estimate of(AccuracyEstimate estimate) {
            return new Estimate(estimate.getValue(), estimate.getLower(), estimate.getUpper());
        }
    }
}
