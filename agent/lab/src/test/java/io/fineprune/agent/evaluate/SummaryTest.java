package io.fineprune.agent.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.agent.evaluate.method.Cost;
import io.fineprune.agent.evaluate.method.GateVerdict;
import io.fineprune.agent.evaluate.method.GateVerdict.Estimate;
import io.fineprune.agent.evaluate.method.Shares;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

public class SummaryTest {
    private static final Shares HALF = new Shares(0.5, 0.75, 0.7);

    /** Two users, two folds; "fine-pruning" is better for both, with a gate. */
    public static Summary example() {
        List<EvaluationResult> results = new ArrayList<>();
        int[][] source = {{50, 60}, {70, 80}};
        int[][] pruned = {{60, 60}, {90, 90}};
        String[] users = {"ann", "bob"};
        for (int u = 0; u < 2; u++) {
            for (int fold = 0; fold < 2; fold++) {
                results.add(result(users[u], fold, "source", 0, 0, source[u][fold], Shares.NONE, Optional.empty()));
                GateVerdict verdict = new GateVerdict(
                        fold == 0,
                        fold == 0 ? "gain" : "",
                        Optional.empty(),
                        "",
                        Optional.of(new Estimate(0.6, 0.5, 0.7)),
                        Optional.of(fold == 0 ? new Estimate(0.8, 0.7, 0.95) : new Estimate(0.6, 0.5, 0.7)));
                results.add(
                        result(users[u], fold, "fine-pruning", 0.5, 40, pruned[u][fold], HALF, Optional.of(verdict)));
            }
        }
        return Summary.of(results);
    }

    private static EvaluationResult result(
            String user,
            int fold,
            String method,
            double sparsity,
            int budget,
            int correct,
            Shares removed,
            Optional<GateVerdict> gate) {
        return new EvaluationResult(
                new ResultKey(user, fold, method, sparsity, budget, 0, 0, false),
                List.of(
                        new ClassTally(0, true, budget / 2, correct / 2, 50),
                        new ClassTally(3, true, 0, correct - correct / 2, 50),
                        new ClassTally(7, false, 0, correct / 10, 50)),
                budget,
                removed,
                new Cost(1000L + fold, 10L + fold),
                0.25,
                new Tally(correct / 2, 100),
                gate,
                gate.isPresent() && fold > 0 ? Optional.of(new Tally(correct, 100)) : Optional.empty());
    }

    @Test
    void shouldAgreeWithKnownNumbersWhenPairsAreTested() {
        // Student's sleep data (1908); R's t.test(paired = TRUE) says p = 0.00283289.
        double[] first = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
        double[] second = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
        assertThat(Summary.pairedTTest(first, second).getAsDouble()).isCloseTo(0.00283289, within(1e-7));
    }

    @Test
    void shouldCompareOnWhatBothWereMeasuredOnWhenOneMissesAFold() {
        List<EvaluationResult> results = new ArrayList<>();
        int[] fewer = {50, 60, 80};
        int[] more = {60, 80, 85};
        String[] users = {"ann", "bob", "eve"};
        for (int u = 0; u < users.length; u++) {
            results.add(result(users[u], 0, "source", 0, 0, 40, Shares.NONE, Optional.empty()));
            results.add(result(users[u], 1, "source", 0, 0, 40, Shares.NONE, Optional.empty()));
            results.add(result(users[u], 0, "magnitude", 0.5, 0, fewer[u], HALF, Optional.empty()));
            results.add(result(users[u], 0, "svd", 0.5, 0, more[u], HALF, Optional.empty()));
            results.add(result(users[u], 1, "svd", 0.5, 0, 0, HALF, Optional.empty()));
        }
        Summary summary = Summary.of(results);
        MethodSummary magnitude = summary.methods().get(1);
        MethodSummary svd = summary.methods().get(2);
        Summary.Versus versus = summary.compare(svd, magnitude);
        assertThat(versus.users()).isEqualTo(3);
        assertThat(versus.change()).isCloseTo(0.35 / 3, within(1e-9));
        // Differences 0.10, 0.20, 0.05: t = 0.116667 / (0.0763763 / sqrt(3)) = 2.645751 with two degrees of freedom,
        // p = 1 - t / sqrt(2 + t^2).
        double t = 2.6457513;
        assertThat(versus.p().getAsDouble()).isCloseTo(1 - t / Math.sqrt(2 + t * t), within(1e-6));
        assertThat(summary.compare(magnitude, svd).change()).isCloseTo(-0.35 / 3, within(1e-9));
        assertThat(summary.compare(svd, svd).p()).isEmpty();
    }

    @Test
    void shouldHaveNoPWhenNothingDiffersOrThereIsOneUser() {
        assertThat(Summary.pairedTTest(new double[] {1}, new double[] {2})).isEmpty();
        assertThat(Summary.pairedTTest(new double[] {1, 2}, new double[] {1, 2}))
                .isEmpty();
    }

    @Test
    void shouldPoolFoldsPerUserWhenSummarising() {
        Summary summary = example();
        assertThat(summary.users()).containsExactly("ann", "bob");
        MethodSummary pruned = summary.methods().get(1);
        assertThat(pruned.method()).isEqualTo("fine-pruning");
        assertThat(pruned.accuracy()).isEqualTo(new Spread(0.75, 0.6, 0.9));
        assertThat(pruned.sourceAccuracy()).isEqualTo(new Spread(0.65, 0.55, 0.75));
        assertThat(pruned.change()).isCloseTo(0.1, within(1e-12));
        assertThat(pruned.largestChange()).isCloseTo(0.15, within(1e-12));
        assertThat(pruned.removed()).isEqualTo(HALF);
        assertThat(pruned.cost()).isEqualTo(new Cost(1001, 11));
        // Differences 0.05 and 0.15: t = 2 with one degree of freedom, p = 1 - 2 atan(2) / pi.
        assertThat(pruned.p().getAsDouble()).isCloseTo(1 - 2 * Math.atan(2) / Math.PI, within(1e-9));
    }

    @Test
    void shouldJudgeTheGateWhenItDecided() {
        GateSummary gate = example().methods().get(1).gate().orElseThrow();
        assertThat(gate.decisions()).isEqualTo(4);
        assertThat(gate.published()).isEqualTo(2);
        assertThat(gate.right()).isEqualTo(1);
        assertThat(gate.helpfulHeld()).as("ann's would not have been better").isEqualTo(1);
        assertThat(gate.coverage()).isEqualTo(0.5);
        assertThat(gate.width()).isCloseTo(0.25, within(1e-12));
        assertThat(gate.estimateError()).isCloseTo((0.2 + 0 + 0.1 + 0.3) / 4, within(1e-12));
    }

    @Test
    void shouldTellRetentionAndForgettingWhenClassesWereNotMet() {
        Breadth breadth = example().methods().get(1).breadth();
        // Of class 7, which is no class of the user, a tenth as many are right; of class 3 half, both not in the
        // budget.
        Breadth.Compared later = breadth.later().orElseThrow();
        assertThat(later.accuracy()).isCloseTo((36 + 36 + 54 + 54) / 4 / 100.0, within(1e-12));
        assertThat(later.source()).isCloseTo((30 + 36 + 42 + 48) / 4 / 100.0, within(1e-12));
        assertThat(breadth.met().orElseThrow().accuracy()).isCloseTo(0.75, within(1e-12));
        assertThat(breadth.worst()).isEqualTo(new Breadth.Compared(0.75, 0.65));
        assertThat(breadth.others().orElseThrow().change()).isCloseTo(0.05, within(1e-12));
        assertThat(breadth.smaller()).isEqualTo(1);
        assertThat(breadth.seconds()).isEqualTo(0.25);
        Breadth source = example().methods().get(0).breadth();
        assertThat(source.later()).as("what uses no events knows no budget").isEmpty();
        assertThat(source.smaller()).isZero();
    }
}
