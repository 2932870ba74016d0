package io.fineprune.topology.stream;

import static io.fineprune.topology.stream.Harness.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.Trigger;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RollbacksTest {
    @TempDir
    private Path state;

    @Test
    void shouldPublishTheContentOfTheVersionBeforeUnderANewOne() {
        try (Harness harness = Harness.twice(state)) {
            harness.command(rollback("back"));
            List<MaskUpdate> masks = harness.masks();
            assertThat(masks)
                    .extracting(MaskUpdate::getVersion, MaskUpdate::getParentVersion)
                    .containsExactly(tuple(1L, 0L), tuple(2L, 1L), tuple(3L, 2L));
            assertThat(MaskLayers.of(masks.get(2))).isEqualTo(MaskLayers.of(masks.get(0)));
            assertThat(MaskLayers.of(masks.get(2))).isNotEqualTo(MaskLayers.of(masks.get(1)));
            assertThat(masks.get(2).getSparsity()).isEqualTo(masks.get(0).getSparsity());
            PruningReport report = harness.reports().get(2);
            assertThat(report.getOutcome()).isEqualTo(PruningOutcome.PRUNING_OUTCOME_PUBLISHED);
            assertThat(report.getVersion()).isEqualTo(3);
            assertThat(report.getContentVersion()).isEqualTo(1);
            assertThat(report.getCommandId()).isEqualTo("back");
            assertThat(report.getRequestedBy()).isEqualTo("operator");
            assertThat(harness.listener.rolledBack).isEqualTo(1);
        }
    }

    @Test
    void shouldNotGoBackTwiceForOneCommand() {
        try (Harness harness = Harness.twice(state)) {
            harness.command(rollback("back"));
            harness.command(rollback("back"));
            assertThat(harness.masks()).extracting(MaskUpdate::getVersion).containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void shouldGoBackToTheSourceModelByAnUpdateThatKeepsEverything() {
        try (Harness harness = Harness.twice(state)) {
            harness.command(rollback("back").setToVersion(0));
            MaskUpdate update = harness.masks().get(2);
            assertThat(update.getVersion()).isEqualTo(3);
            assertThat(update.getRepairsCount()).isZero();
            assertThat(MaskLayers.sparsity(update).getNodes()).isZero();
            assertThat(MaskLayers.of(update))
                    .allSatisfy(layer -> assertThat(layer.mask().kept().cardinality())
                            .isEqualTo(layer.mask().size()));
            assertThat(update.getEvidence().getEventsSeen()).isEqualTo(22);
            assertThat(harness.reports().get(2).hasContentVersion()).isTrue();
        }
    }

    @Test
    void shouldRefuseAVersionThatIsNotKept() {
        try (Harness harness = Harness.twice(state)) {
            harness.command(command("again", "theo", CommandAction.COMMAND_ACTION_REPRUNE));
            harness.command(rollback("too far").setToVersion(1));
            harness.command(rollback("to come").setToVersion(3));
            harness.command(command("nobody", "anna", CommandAction.COMMAND_ACTION_ROLLBACK));
            assertThat(harness.masks()).hasSize(3);
            assertThat(harness.reports().subList(3, 6))
                    .extracting(PruningReport::getCommandId, PruningReport::getOutcome, PruningReport::getReason)
                    .containsExactly(
                            refused(
                                    "too far",
                                    "Expected one of the versions [0, 2] (0: the source model), but was 1, which is not kept"),
                            refused("to come", "Expected a version below 3, which is in force, but was 3"),
                            refused(
                                    "nobody",
                                    "Expected a user with a published version, but the source model is in force"));
        }
    }

    @Test
    void shouldRefuseWhilePaused() {
        try (Harness harness = Harness.twice(state)) {
            harness.command(command("pause", "theo", CommandAction.COMMAND_ACTION_PAUSE));
            harness.command(rollback("back"));
            assertThat(harness.masks()).hasSize(2);
            assertThat(harness.reports().get(3).getOutcome()).isEqualTo(PruningOutcome.PRUNING_OUTCOME_COMMAND_REFUSED);
        }
    }

    @Test
    void shouldTakeAllUsersBack() {
        try (Harness harness = new Harness(Harness.settings(1, 20), state)) {
            for (int u = 0; u < 5; u++) {
                harness.send("user " + u, 0, 20);
            }
            harness.send("no mask yet", 0, 3);
            harness.command(
                    command("source", "", CommandAction.COMMAND_ACTION_ROLLBACK).setToVersion(0));
            harness.settle();
            assertThat(harness.masks().subList(5, 10))
                    .allSatisfy(update ->
                            assertThat(MaskLayers.sparsity(update).getNodes()).isZero());
            assertThat(harness.reports())
                    .filteredOn(report -> report.getCommandId().equals("source"))
                    .hasSize(6);
        }
    }

    @Test
    void shouldGoOnCountingButNotPruneByItselfWhilePinned() {
        try (Harness harness = new Harness(Harness.settings(4, 8), state)) {
            harness.command(command("pin", "theo", CommandAction.COMMAND_ACTION_PIN));
            harness.send("theo", 0, 12);
            assertThat(harness.sums("theo").orElseThrow().getEvents()).isEqualTo(12);
            assertThat(harness.masks()).isEmpty();
            harness.command(command("c1", "theo", CommandAction.COMMAND_ACTION_REPRUNE));
            harness.command(command("unpin", "theo", CommandAction.COMMAND_ACTION_UNPIN));
            harness.command(command("pin all", "", CommandAction.COMMAND_ACTION_PIN));
            harness.send("anna", 0, 9);
            harness.settle();
            assertThat(harness.masks()).extracting(MaskUpdate::getTrigger).containsExactly(Trigger.TRIGGER_COMMAND);
            harness.command(command("unpin all", "", CommandAction.COMMAND_ACTION_UNPIN));
            harness.send("anna", 9, 13);
            harness.settle();
            assertThat(harness.masks()).singleElement().satisfies(update -> {
                assertThat(update.getUserId()).isEqualTo("anna");
                assertThat(update.getEvidence().getEventsSeen()).isEqualTo(10);
            });
        }
    }

    private static PruneCommand.Builder rollback(String id) {
        return command(id, "theo", CommandAction.COMMAND_ACTION_ROLLBACK);
    }

    private static org.assertj.core.groups.Tuple refused(String id, String reason) {
        return tuple(id, PruningOutcome.PRUNING_OUTCOME_COMMAND_REFUSED, reason);
    }
}
