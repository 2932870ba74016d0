package io.fineprune.topology.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fineprune.schemas.v1.Trigger;
import org.junit.jupiter.api.Test;

class BudgetTest {
    private static final BudgetDecision BY_EVENTS = new BudgetDecision.Reached(Trigger.TRIGGER_BUDGET_EVENTS);
    private static final BudgetDecision BY_TIME = new BudgetDecision.Reached(Trigger.TRIGGER_BUDGET_TIME);

    @Test
    void shouldWaitUntilThereAreEnoughEvents() {
        assertThat(Budget.DEFAULT.decide(events(50, 0))).isEqualTo(new BudgetDecision.Waiting(0.25));
        assertThat(Budget.DEFAULT.decide(events(199, 0))).isInstanceOf(BudgetDecision.Waiting.class);
        assertThat(Budget.DEFAULT.decide(events(200, 0))).isEqualTo(BY_EVENTS);
        assertThat(Budget.DEFAULT.decide(events(201, 0))).isEqualTo(BY_EVENTS);
    }

    @Test
    void shouldPruneOnceWhenThereIsOneRound() {
        for (long events = 200; events < 1_000; events += 50) {
            assertThat(Budget.DEFAULT.decide(events(events, 200))).isEqualTo(new BudgetDecision.Waiting(1));
        }
    }

    @Test
    void shouldPruneOncePerRound() {
        Budget budget = new Budget(100, 0, 3);
        long last = 0;
        int prunings = 0;
        for (long events = 1; events <= 1_000; events++) {
            if (budget.decide(events(events, last)).equals(BY_EVENTS)) {
                last = events;
                prunings++;
            }
        }
        assertThat(prunings).isEqualTo(3);
        assertThat(last).isEqualTo(300);
    }

    @Test
    void shouldPruneAtTheBudgetWhenACommandPrunedBeforeIt() {
        assertThat(Budget.DEFAULT.decide(events(200, 20))).isEqualTo(BY_EVENTS);
    }

    @Test
    void shouldPruneWithWhatThereIsWhenTheTimeIsOver() {
        Budget budget = new Budget(200, 60_000, 1);
        assertThat(budget.decide(new BudgetProgress(3, 0, 0, 1_000, 60_999)))
                .isInstanceOf(BudgetDecision.Waiting.class);
        assertThat(budget.decide(new BudgetProgress(3, 0, 0, 1_000, 61_000))).isEqualTo(BY_TIME);
        assertThat(budget.decide(new BudgetProgress(3, 3, 1, 0, 200_000))).isInstanceOf(BudgetDecision.Waiting.class);
        assertThat(budget.decide(new BudgetProgress(9, 3, 1, 70_000, 200_000)))
                .isInstanceOf(BudgetDecision.Waiting.class);
    }

    @Test
    void shouldRaiseSparsitySteeplyAtFirstWhenBudgetIsGradual() {
        Budget budget = new Budget(100, 0, 4, true, 0);
        assertThat(budget.shareOfSparsity(1)).isEqualTo(1 - 27 / 64.0);
        assertThat(budget.shareOfSparsity(2)).isEqualTo(1 - 8 / 64.0);
        assertThat(budget.shareOfSparsity(3)).isEqualTo(1 - 1 / 64.0);
        assertThat(budget.shareOfSparsity(4)).isEqualTo(1);
        assertThat(budget.shareOfSparsity(9)).isEqualTo(1);
        assertThat(new Budget(100, 0, 4).shareOfSparsity(1)).isEqualTo(1);
    }

    @Test
    void shouldCountRoundsAfterTheWarmup() {
        Budget budget = new Budget(100, 0, 2, true, 50);
        assertThat(budget.decide(events(149, 0))).isEqualTo(new BudgetDecision.Waiting(149 / 150.0));
        assertThat(budget.decide(events(150, 0))).isEqualTo(BY_EVENTS);
        assertThat(budget.decide(events(160, 150))).isEqualTo(new BudgetDecision.Waiting(0.1));
        assertThat(budget.decide(events(250, 150))).isEqualTo(BY_EVENTS);
        assertThat(budget.decide(events(350, 250))).isEqualTo(new BudgetDecision.Waiting(1));
    }

    @Test
    void shouldPruneNoMoreWhenTheRoundsHaveEnded() {
        Budget budget = new Budget(100, 60_000, 3, true, 0);
        assertThat(budget.decide(new BudgetProgress(200, 100, 1, 1, 100_000, true)))
                .isEqualTo(new BudgetDecision.Waiting(1));
        assertThat(budget.decide(new BudgetProgress(200, 100, 1, 1, 100_000, false)))
                .isEqualTo(BY_EVENTS);
    }

    @Test
    void shouldRefuseBudgetsOutOfBound() {
        assertThatThrownBy(() -> new Budget(0, 0, 1)).hasMessageContaining("1 to 1000000 events");
        assertThatThrownBy(() -> new Budget(1, -1, 1)).hasMessageContaining("milliseconds");
        assertThatThrownBy(() -> new Budget(1, 0, 0)).hasMessageContaining("at least 1 round");
        assertThatThrownBy(() -> new Budget(1, 0, 1001)).hasMessageContaining("at most 1000, but was 1001");
        assertThatThrownBy(() -> new Budget(1, 0, 1, true, -1)).hasMessageContaining("0 to 1000000 events of warm-up");
    }

    private static BudgetProgress events(long events, long atLastPruning) {
        return new BudgetProgress(events, atLastPruning, atLastPruning > 0 ? 1 : 0, 1, 1);
    }
}
