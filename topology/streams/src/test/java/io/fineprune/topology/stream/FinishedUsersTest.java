package io.fineprune.topology.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.UpkeepSettings;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.stream.StreamListener.EventOutcome;
import io.fineprune.topology.testing.Events;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinishedUsersTest {
    private static final int BUDGET = 20;
    private static final int EVENTS = 420;

    @TempDir
    private Path state;

    @Test
    void shouldCountTheSameSampleWhateverTheBatchesAre() {
        Set<StoredSums> results = new HashSet<>();
        for (int batch : new int[] {1, 8, 32}) {
            try (Harness harness = new Harness(settings(batch, 0.25), state.resolve("batch-" + batch))) {
                harness.send("theo", 0, EVENTS);
                harness.settle();
                StoredSums sums = harness.sums("theo").orElseThrow();
                assertThat(sums.getEvents()).isEqualTo(BUDGET + drawn(0.25)).isBetween(BUDGET + 70L, BUDGET + 130L);
                assertThat(harness.listener.count(EventOutcome.COUNTED)).isEqualTo((int) sums.getEvents());
                assertThat(harness.listener.count(EventOutcome.SKIPPED)).isEqualTo(EVENTS - (int) sums.getEvents());
                assertThat(harness.masks()).hasSize(1);
                results.add(sums);
            }
        }
        assertThat(results).hasSize(1);
    }

    @Test
    void shouldCostNoForwardPassWhenNothingOfFinishedUsersIsSampled() {
        try (Harness harness = new Harness(settings(4, 0), state)) {
            harness.send("theo", 0, BUDGET);
            int passes = harness.listener.batches;
            harness.send("theo", BUDGET, EVENTS);
            harness.settle();
            assertThat(harness.listener.batches).isEqualTo(passes);
            assertThat(harness.sums("theo").orElseThrow().getEvents()).isEqualTo(BUDGET);
            harness.send("lucas", 0, 8);
            harness.settle();
            assertThat(harness.sums("lucas").orElseThrow().getEvents()).isEqualTo(8);
        }
    }

    private static long drawn(double share) {
        long drawn = 0;
        for (int e = BUDGET; e < EVENTS; e++) {
            drawn += EventSampling.draw(Events.event("theo", Harness.MODEL, e, new float[1])) < share ? 1 : 0;
        }
        return drawn;
    }

    private static TopologySettings settings(int batchEvents, double finishedSample) {
        return new TopologySettings(
                Harness.TOPICS,
                1,
                Routing.DIRECT,
                batchEvents,
                100,
                new EffectiveSettings(PruningPlan.DEFAULT, new Budget(BUDGET, 0, 1)),
                8,
                3,
                finishedSample,
                UpkeepSettings.DEFAULT);
    }
}
