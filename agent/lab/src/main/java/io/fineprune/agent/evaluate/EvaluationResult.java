package io.fineprune.agent.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fineprune.agent.evaluate.method.Cost;
import io.fineprune.agent.evaluate.method.GateVerdict;
import io.fineprune.agent.evaluate.method.Shares;
import java.util.Optional;

/**
 * One method, measured once.
 *
 * @param correct held-out events that the adapted model answers rightly
 * @param tested held-out events
 * @param adapted events that were used
 * @param gate what the quality gate said, if there is one
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record EvaluationResult(
        ResultKey key, int correct, int tested, int adapted, Shares removed, Cost cost, Optional<GateVerdict> gate) {
    /** Share of held-out events answered rightly. */
    public double accuracy() {
        return tested == 0 ? 0 : (double) correct / tested;
    }
}
