package io.fineprune.topology.stream;

import static io.fineprune.topology.stream.Harness.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.UpkeepSettings;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.stream.StreamListener.DriftOutcome;
import io.fineprune.topology.testing.Events;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pruned on 100 events; blocks of 20 are compared. */
class DriftTest {
    private static final int BUDGET = 100;
    private static final int BLOCK = 20;

    @TempDir
    private Path state;

    @Test
    void shouldBeginARoundOnNewEventsAloneWhenAnotherVoiceSpeaks() {
        Set<List<MaskUpdate>> results = new HashSet<>();
        for (int batch : new int[] {1, 8, 32}) {
            try (Harness harness = harness(batch, 0)) {
                speak(harness, "theo", 0, BUDGET);
                speak(harness, "anna", BUDGET, BUDGET + BLOCK + BUDGET + 5);
                harness.settle();
                List<MaskUpdate> masks = harness.masks();
                assertThat(masks)
                        .extracting(
                                MaskUpdate::getVersion,
                                MaskUpdate::getTrigger,
                                update -> update.getEvidence().getEventsSeen(),
                                update -> update.getEvidence().getFirstEventMillis())
                        .containsExactly(
                                tuple(1L, Trigger.TRIGGER_BUDGET_EVENTS, 100L, 1_000_000L),
                                tuple(2L, Trigger.TRIGGER_DRIFT, 100L, 1_000_120L));
                assertThat(harness.listener.drift).containsExactly(java.util.Map.entry(DriftOutcome.BEYOND, 1));
                assertThat(harness.sums("theo").orElseThrow().getEvents()).isEqualTo(BUDGET + 5);
                results.add(masks);
            }
        }
        assertThat(results).hasSize(1);
    }

    @Test
    void shouldBeginNoRoundWhileTheSameVoiceSpeaks() {
        for (String voice : List.of("theo", "anna", "lucas", "nora", "yusuf", "mia")) {
            try (Harness harness = harness(32, 0)) {
                speak(harness, voice, 0, 10 * BUDGET);
                harness.settle();
                assertThat(harness.masks()).hasSize(1);
                assertThat(harness.listener.drift)
                        .containsExactly(java.util.Map.entry(DriftOutcome.WITHIN, 9 * BUDGET / BLOCK));
            }
        }
    }

    @Test
    void shouldBeginNoSecondRoundBeforeTheInterval() {
        try (Harness harness = harness(8, 60_000)) {
            speak(harness, "theo", 0, BUDGET);
            speak(harness, "anna", BUDGET, 2 * BUDGET + BLOCK);
            speak(harness, "theo", 2 * BUDGET + BLOCK, 2 * BUDGET + 3 * BLOCK);
            harness.settle();
            assertThat(harness.listener.drift)
                    .containsEntry(DriftOutcome.BEYOND, 1)
                    .containsKey(DriftOutcome.HELD);
            harness.advanceEventTime(java.time.Duration.ofMinutes(2));
            speak(harness, "theo", 300, 300 + BLOCK);
            harness.settle();
            assertThat(harness.listener.drift).containsEntry(DriftOutcome.BEYOND, 2);
        }
    }

    @Test
    void shouldBeginNoRoundForAPinnedUser() {
        try (Harness harness = harness(8, 0)) {
            speak(harness, "theo", 0, BUDGET);
            harness.command(command("pin", "theo", CommandAction.COMMAND_ACTION_PIN));
            speak(harness, "anna", BUDGET, 2 * BUDGET);
            harness.settle();
            assertThat(harness.masks()).hasSize(1);
            assertThat(harness.listener.drift).containsOnlyKeys(DriftOutcome.HELD);
            assertThat(harness.sums("theo").orElseThrow().getEvents()).isEqualTo(2 * BUDGET);
        }
    }

    /** Events of user theo, spoken by somebody; anna is loud. */
    private static void speak(Harness harness, String voice, int from, int to) {
        for (int e = from; e < to; e++) {
            float[] values = Events.values(voice, e, Harness.INPUTS);
            for (int i = 0; i < values.length && voice.equals("anna"); i++) {
                values[i] += 3;
            }
            harness.send(Events.event("theo", Harness.MODEL, e, values));
        }
    }

    private Harness harness(int batchEvents, long minIntervalMillis) {
        return new Harness(
                new TopologySettings(
                        Harness.TOPICS,
                        1,
                        Routing.DIRECT,
                        batchEvents,
                        100,
                        new EffectiveSettings(PruningPlan.DEFAULT, new Budget(BUDGET, 0, 1)),
                        8,
                        3,
                        1,
                        new UpkeepSettings(2, 3, 4, BLOCK, minIntervalMillis, 0)),
                state.resolve("drift-" + System.nanoTime()));
    }
}
