package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.method.GateVerdict;
import java.util.List;
import java.util.Optional;

/**
 * Quality of the gate's decisions over all users, folds and draws.
 *
 * @param decisions in all
 * @param published candidates that took the source model's place
 * @param right share of the published whose measured accuracy is not lower than the source model's minus 0.01; 1 without any
 * @param helpfulHeld of those held back, how many would have been better than the source model by more than 0.01
 * @param estimateError mean of |estimated - measured accuracy| of what was in force afterwards
 * @param coverage share of the published whose measured accuracy is in the estimate's 95 % interval; 1 without any
 * @param width mean width of the interval of the published; 0 without any
 */
public record GateSummary(
        int decisions,
        int published,
        double right,
        int helpfulHeld,
        double estimateError,
        double coverage,
        double width) {
    private static final double ROUNDING = 1e-9;

    static Optional<GateSummary> of(List<Pair> all) {
        List<Pair> decisions =
                all.stream().filter(pair -> pair.result().gate().isPresent()).toList();
        if (decisions.isEmpty()) {
            return Optional.empty();
        }
        int published = 0;
        int right = 0;
        int helpful = 0;
        int estimated = 0;
        int intervals = 0;
        int covered = 0;
        double error = 0;
        double width = 0;
        for (Pair decision : decisions) {
            GateVerdict gate = decision.result().gate().orElseThrow();
            double measured = decision.result().accuracy();
            Optional<GateVerdict.Estimate> estimate = gate.inForce();
            if (estimate.isPresent()) {
                estimated++;
                error += Math.abs(estimate.get().value() - measured);
            }
            if (gate.published()) {
                published++;
                right += decision.right() ? 1 : 0;
                if (estimate.isPresent()) {
                    intervals++;
                    width += estimate.get().high() - estimate.get().low();
                    covered += measured >= estimate.get().low() - ROUNDING
                                    && measured <= estimate.get().high() + ROUNDING
                            ? 1
                            : 0;
                }
            } else {
                helpful += decision.helpfulHeld() ? 1 : 0;
            }
        }
        return Optional.of(new GateSummary(
                decisions.size(),
                published,
                share(right, published),
                helpful,
                error / Math.max(1, estimated),
                share(covered, intervals),
                width / Math.max(1, intervals)));
    }

    private static double share(int part, int of) {
        return of == 0 ? 1 : (double) part / of;
    }
}
