package io.fineprune.topology.stream;

import static io.fineprune.topology.stream.Harness.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningSettings;
import io.fineprune.schemas.v1.SettingOrigin;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredStanding;
import io.fineprune.topology.lifecycle.Standings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators are shown of users, as the state keeps it. */
class StandingsTest {
    @TempDir
    private Path state;

    @Test
    void shouldCountRoundsAndNothingElse() {
        try (Harness harness = Harness.twice(state)) {
            assertThat(standing(harness).getRounds())
                    .as("one by the budget, one by a command")
                    .isEqualTo(2);
            harness.command(command("pause", "theo", CommandAction.COMMAND_ACTION_PAUSE));
            harness.command(command("resume", "theo", CommandAction.COMMAND_ACTION_RESUME));
            harness.command(command("pin", "theo", CommandAction.COMMAND_ACTION_PIN));
            harness.command(command("unpin", "theo", CommandAction.COMMAND_ACTION_UNPIN));
            StoredStanding before = standing(harness);
            harness.command(command("back", "theo", CommandAction.COMMAND_ACTION_ROLLBACK));
            StoredStanding after = standing(harness);
            assertThat(harness.lifecycle("theo"))
                    .map(StoredLifecycle::getVersion)
                    .contains(3L);
            assertThat(after.getRounds()).isEqualTo(2);
            assertThat(after.getSparsity())
                    .as("the content of the first version is in force again")
                    .isNotEqualTo(before.getSparsity());
            assertThat(after.getOutcome()).isEqualTo(PruningOutcome.PRUNING_OUTCOME_PUBLISHED);
            assertThat(after.getUpdateBytes()).isPositive();
            assertThat(after.getModelFingerprint().size()).isEqualTo(8);
        }
    }

    @Test
    void shouldKnowUsersByTheirEventsAndNotByCommands() {
        try (Harness harness = new Harness(Harness.settings(1, 20), state)) {
            harness.command(command("c1", "mistyped", CommandAction.COMMAND_ACTION_PAUSE));
            assertThat(harness.lifecycle("mistyped")).isPresent().get().matches(found -> !Standings.exists(found));
            harness.send("theo", 0, 1);
            assertThat(harness.lifecycle("theo")).isPresent().get().matches(Standings::exists);
            harness.send("theo", 1, 21);
            assertThat(harness.lifecycle("theo")).isPresent().get().matches(Standings::exists);
            harness.command(command("c2", "theo", CommandAction.COMMAND_ACTION_FORGET));
            assertThat(harness.lifecycle("theo")).isPresent().get().matches(found -> !Standings.exists(found));
        }
    }

    @Test
    void shouldSayWhichCommandPutASettingInForceAndTakeItBack() {
        try (Harness harness = new Harness(Harness.settings(1, 20), state)) {
            harness.command(command("c1", "theo", CommandAction.COMMAND_ACTION_CONFIGURE)
                    .setSettings(PruningSettings.newBuilder().setBudgetEvents(8).setSparsity(0.3)));
            harness.command(command("c2", "theo", CommandAction.COMMAND_ACTION_CONFIGURE)
                    .setSettings(PruningSettings.newBuilder().setTargetMacs(0.5)));
            StoredLifecycle both = harness.lifecycle("theo").orElseThrow();
            assertThat(both.getOriginsList())
                    .extracting(SettingOrigin::getField, SettingOrigin::getCommandId, SettingOrigin::getRequestedBy)
                    .containsExactlyInAnyOrder(
                            tuple("budget_events", "c1", "operator"), tuple("target_macs", "c2", "operator"));
            assertThat(both.getSettings().hasSparsity()).isFalse();
            harness.command(command("c3", "theo", CommandAction.COMMAND_ACTION_CONFIGURE)
                    .addUnset("budget_events"));
            StoredLifecycle one = harness.lifecycle("theo").orElseThrow();
            assertThat(one.getSettings().hasBudgetEvents()).isFalse();
            assertThat(one.getOriginsList()).extracting(SettingOrigin::getField).containsExactly("target_macs");
            harness.send("theo", 0, 19);
            assertThat(harness.masks())
                    .as("the agent's own budget of 20 holds again")
                    .isEmpty();
            harness.send("theo", 19, 20);
            assertThat(harness.masks()).hasSize(1);
        }
    }

    private static StoredStanding standing(Harness harness) {
        return harness.lifecycle("theo").orElseThrow().getStanding();
    }
}
