package io.fineprune.agent.evaluate;

import java.util.List;
import java.util.Optional;

/**
 * How good the quality gate was, over all users and folds.
 *
 * @param decisions in all
 * @param published candidates that took the source model's place
 * @param right share of the published whose measured accuracy is not lower than the source model's minus 0.01; 1 without any
 * @param estimateError mean of |estimated - measured accuracy| of what was in force afterwards
 * @param coverage share of the published whose measured accuracy is in the estimate's interval; 1 without any
 */
public record GateSummary(int decisions, int published, double right, double estimateError, double coverage) {
    private static final double MARGIN = 0.01;

    /**
     * One decision beside what was measured.
     *
     * @param source measured accuracy of the source model
     */
    record Decision(EvaluationResult result, double source) {}

    static Optional<GateSummary> of(List<Decision> all) {
        List<Decision> decisions =
                all.stream().filter(d -> d.result().gate().isPresent()).toList();
        if (decisions.isEmpty()) {
            return Optional.empty();
        }
        int published = 0;
        int right = 0;
        int covered = 0;
        double error = 0;
        for (Decision decision : decisions) {
            var gate = decision.result().gate().orElseThrow();
            double measured = decision.result().accuracy();
            error += Math.abs((gate.published() ? gate.candidate() : gate.source()) - measured);
            if (gate.published()) {
                published++;
                right += measured >= decision.source() - MARGIN - 1e-9 ? 1 : 0;
                covered += measured >= gate.low() && measured <= gate.high() ? 1 : 0;
            }
        }
        return Optional.of(new GateSummary(
                decisions.size(),
                published,
                published == 0 ? 1 : (double) right / published,
                error / decisions.size(),
                published == 0 ? 1 : (double) covered / published));
    }
}
