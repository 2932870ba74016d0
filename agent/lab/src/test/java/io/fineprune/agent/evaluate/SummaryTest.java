package io.fineprune.agent.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.agent.evaluate.method.Cost;
import io.fineprune.agent.evaluate.method.GateVerdict;
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
                GateVerdict verdict = new GateVerdict(0.6, 0.8, 0.7, 0.95, fold == 0);
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
                new ResultKey(user, fold, method, sparsity, budget, 0),
                correct,
                100,
                budget,
                removed,
                new Cost(1000L + fold, 10L + fold),
                gate);
    }

    @Test
    void shouldAgreeWithKnownNumbersWhenPairsAreTested() {
        // Student's sleep data (1908); R's t.test(paired = TRUE) says p = 0.00283289.
        double[] first = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
        double[] second = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
        assertThat(Summary.pairedTTest(first, second).getAsDouble()).isCloseTo(0.00283289, within(1e-7));
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
        assertThat(gate.coverage()).isEqualTo(0.5);
        assertThat(gate.estimateError()).isCloseTo((0.2 + 0 + 0.1 + 0.3) / 4, within(1e-12));
    }
}
