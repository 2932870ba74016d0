package io.fineprune.topology.stream;

import static io.fineprune.topology.stream.Harness.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.PruningSettings;
import io.fineprune.schemas.v1.Trigger;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
    private static final String ALL = "";

    @TempDir
    Path state;

    @Test
    void shouldPruneAgainWhenAsked() {
        try (Harness harness = new Harness(Harness.settings(8, 20), state)) {
            harness.send("theo", 0, 21);
            harness.command(
                    command("c1", "theo", CommandAction.COMMAND_ACTION_REPRUNE).setSettings(Harness.sparsity(0.25)));
            assertThat(harness.masks())
                    .extracting(
                            MaskUpdate::getVersion,
                            MaskUpdate::getTrigger,
                            u -> u.getEvidence().getEventsSeen())
                    .containsExactly(
                            tuple(1L, Trigger.TRIGGER_BUDGET_EVENTS, 20L), tuple(2L, Trigger.TRIGGER_COMMAND, 21L));
            assertThat(harness.reports())
                    .extracting(PruningReport::getCommandId, PruningReport::getRequestedBy)
                    .containsExactly(tuple("", ""), tuple("c1", "operator"));
        }
    }

    @Test
    void shouldIgnoreACommandSeenBefore() {
        try (Harness harness = new Harness(Harness.settings(8, 20), state)) {
            harness.send("theo", 0, 20);
            PruneCommand.Builder command = command("c1", "theo", CommandAction.COMMAND_ACTION_REPRUNE);
            harness.command(command);
            harness.command(command);
            assertThat(harness.masks()).extracting(MaskUpdate::getVersion).containsExactly(1L, 2L);
        }
    }

    @Test
    void shouldReachEveryUserWhenACommandIsForAll() {
        try (Harness harness = new Harness(Harness.settings(8, 200), state)) {
            for (int u = 0; u < 10; u++) {
                harness.send("user " + u, 0, 4);
            }
            harness.command(
                    command("c1", ALL, CommandAction.COMMAND_ACTION_REPRUNE).setSettings(Harness.sparsity(0.7)));
            assertThat(harness.masks()).hasSize(3);
            harness.settle();
            assertThat(harness.masks()).hasSize(7);
            assertThat(harness.reports())
                    .filteredOn(r -> r.getOutcome() == PruningOutcome.PRUNING_OUTCOME_PUBLISHED)
                    .hasSize(10)
                    .allSatisfy(r -> assertThat(r.getCommandId()).isEqualTo("c1"));
            harness.send("late", 0, 200);
            harness.settle();
            assertThat(harness.masks())
                    .singleElement()
                    .extracting(update -> MaskLayers.sparsity(update).getNodes())
                    .isEqualTo(0.7692);
        }
    }

    @Test
    void shouldNeitherSkipNorRepeatAUserWhoIsMetBeforeTheSweepComesBy() {
        try (Harness harness = new Harness(Harness.settings(1, 200), state)) {
            for (int u = 0; u < 10; u++) {
                harness.send("user " + u, 0, 4);
            }
            harness.command(command("c1", ALL, CommandAction.COMMAND_ACTION_REPRUNE));
            for (int u = 9; u >= 0; u--) {
                harness.send("user " + u, 4, 5);
            }
            harness.settle();
            List<MaskUpdate> masks = harness.masks();
            assertThat(masks).hasSize(10).allSatisfy(update -> {
                assertThat(update.getVersion()).isEqualTo(1);
                assertThat(update.getEvidence().getEventsSeen()).isEqualTo(4);
            });
            assertThat(masks).extracting(MaskUpdate::getUserId).doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldPreferTheUsersOwnSettings() {
        try (Harness harness = new Harness(Harness.settings(8, 20), state)) {
            harness.command(command("c1", "theo", CommandAction.COMMAND_ACTION_CONFIGURE)
                    .setSettings(PruningSettings.newBuilder()
                            .setCriterion(Criterion.CRITERION_FLUCTUATION)
                            .setBudgetEvents(5)));
            harness.command(command("c2", ALL, CommandAction.COMMAND_ACTION_CONFIGURE)
                    .setSettings(PruningSettings.newBuilder()
                            .setCriterion(Criterion.CRITERION_MAGNITUDE)
                            .setSparsity(0.75)));
            harness.send("theo", 0, 8);
            assertThat(harness.masks()).singleElement().satisfies(update -> {
                assertThat(update.getCriterion()).isEqualTo(Criterion.CRITERION_FLUCTUATION);
                assertThat(update.getEvidence().getEventsSeen()).isEqualTo(5);
                assertThat(MaskLayers.sparsity(update).getNodes()).isEqualTo(0.7692);
            });
            assertThat(harness.reports())
                    .extracting(PruningReport::getUserId, PruningReport::getOutcome)
                    .startsWith(
                            tuple("theo", PruningOutcome.PRUNING_OUTCOME_COMMAND_APPLIED),
                            tuple("*", PruningOutcome.PRUNING_OUTCOME_COMMAND_APPLIED));
        }
    }

    @Test
    void shouldForgetTheSumsButNotTheVersionWhenReset() {
        try (Harness harness = new Harness(Harness.settings(4, 8), state)) {
            harness.send("theo", 0, 10);
            harness.command(command("c1", "theo", CommandAction.COMMAND_ACTION_RESET));
            assertThat(harness.sums("theo")).isEmpty();
            harness.send("theo", 10, 18);
            harness.settle();
            assertThat(harness.masks()).extracting(MaskUpdate::getVersion).containsExactly(1L, 2L);
            assertThat(harness.sums("theo").orElseThrow().getEvents()).isEqualTo(8);
        }
    }

    @Test
    void shouldCountNothingWhilePaused() {
        try (Harness harness = new Harness(Harness.settings(4, 8), state)) {
            harness.send("theo", 0, 3);
            harness.command(command("c1", "theo", CommandAction.COMMAND_ACTION_PAUSE));
            harness.send("theo", 3, 20);
            harness.command(command("c2", "theo", CommandAction.COMMAND_ACTION_REPRUNE));
            harness.settle();
            assertThat(harness.sums("theo").orElseThrow().getEvents()).isEqualTo(3);
            assertThat(harness.listener.count(StreamListener.EventOutcome.PAUSED))
                    .isEqualTo(17);
            assertThat(harness.masks()).isEmpty();
            harness.command(command("c3", "theo", CommandAction.COMMAND_ACTION_RESUME));
            harness.send("theo", 20, 25);
            harness.settle();
            assertThat(harness.masks())
                    .singleElement()
                    .extracting(update -> update.getEvidence().getEventsSeen())
                    .isEqualTo(8L);
            assertThat(harness.reports())
                    .extracting(PruningReport::getOutcome)
                    .containsExactly(
                            PruningOutcome.PRUNING_OUTCOME_COMMAND_APPLIED,
                            PruningOutcome.PRUNING_OUTCOME_COMMAND_REFUSED,
                            PruningOutcome.PRUNING_OUTCOME_COMMAND_APPLIED,
                            PruningOutcome.PRUNING_OUTCOME_PUBLISHED);
        }
    }

    @Test
    void shouldPauseAndResumeAllUsersLaterOnesIncluded() {
        try (Harness harness = new Harness(Harness.settings(4, 200), state)) {
            harness.command(command("c1", ALL, CommandAction.COMMAND_ACTION_PAUSE));
            harness.send("never seen before", 0, 4);
            assertThat(harness.listener.count(StreamListener.EventOutcome.PAUSED))
                    .isEqualTo(4);
            harness.command(command("c2", ALL, CommandAction.COMMAND_ACTION_RESUME));
            harness.send("never seen before", 4, 8);
            assertThat(harness.sums("never seen before").orElseThrow().getEvents())
                    .isEqualTo(4);
        }
    }

    @Test
    void shouldResetAllUsers() {
        try (Harness harness = new Harness(Harness.settings(4, 200), state)) {
            for (int u = 0; u < 8; u++) {
                harness.send("user " + u, 0, 4);
            }
            harness.command(command("c1", ALL, CommandAction.COMMAND_ACTION_RESET));
            harness.settle();
            for (int u = 0; u < 8; u++) {
                assertThat(harness.sums("user " + u)).isEmpty();
            }
        }
    }

    @Test
    void shouldAnswerWhenThereIsNothingToPruneFrom() {
        try (Harness harness = new Harness(Harness.settings(4, 200), state)) {
            harness.command(command("c1", "nobody", CommandAction.COMMAND_ACTION_REPRUNE));
            harness.command(
                    command("c2", "theo", CommandAction.COMMAND_ACTION_REPRUNE).setModelId("other"));
            assertThat(harness.masks()).isEmpty();
            assertThat(harness.reports())
                    .extracting(PruningReport::getUserId, PruningReport::getOutcome)
                    .containsExactly(
                            tuple("nobody", PruningOutcome.PRUNING_OUTCOME_NOT_ENOUGH_DATA),
                            tuple("theo", PruningOutcome.PRUNING_OUTCOME_COMMAND_REFUSED));
        }
    }
}
