package io.fineprune.topology.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningSettings;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.topology.budget.Budget;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private static final StoredLifecycle NEW = StoredLifecycle.getDefaultInstance();

    @Test
    void shouldCarryOutACommandOnce() {
        PruneCommand pause = command("c1", CommandAction.COMMAND_ACTION_PAUSE).build();
        Lifecycle.Transition first = Lifecycle.apply(NEW, pause);
        assertThat(first.effect()).isEqualTo(CommandEffect.CHANGED);
        assertThat(first.next().getPaused()).isTrue();
        StoredLifecycle resumed = Lifecycle.apply(
                        first.next(),
                        command("c2", CommandAction.COMMAND_ACTION_RESUME).build())
                .next();
        Lifecycle.Transition again = Lifecycle.apply(resumed, pause);
        assertThat(again.effect()).isEqualTo(CommandEffect.DUPLICATE);
        assertThat(again.next()).isEqualTo(resumed);
        assertThat(again.next().getPaused()).isFalse();
    }

    @Test
    void shouldRememberTheLast32Commands() {
        StoredLifecycle state = NEW;
        for (int i = 0; i < 40; i++) {
            state = Lifecycle.apply(
                            state,
                            command("c" + i, CommandAction.COMMAND_ACTION_CONFIGURE)
                                    .build())
                    .next();
        }
        assertThat(state.getCommandIdsList()).hasSize(32).startsWith("c8").endsWith("c39");
    }

    @Test
    void shouldMergeSettingsFieldByField() {
        StoredLifecycle state = Lifecycle.apply(NEW, configure("c1", settings().setSparsity(0.3)))
                .next();
        state = Lifecycle.apply(state, configure("c2", settings().setBudgetEvents(50)))
                .next();
        EffectiveSettings effective = EffectiveSettings.DEFAULT.with(state.getSettings());
        assertThat(effective.plan().sparsity()).isEqualTo(0.3);
        assertThat(effective.budget().events()).isEqualTo(50);
        assertThat(effective.plan().criterion()).isEqualTo(Criterion.CRITERION_ACTIVATION);
    }

    @Test
    void shouldLetTheLastOfSparsityAndBudgetOfOperationsWin() {
        StoredLifecycle state = Lifecycle.apply(NEW, configure("c1", settings().setSparsity(0.3)))
                .next();
        state = Lifecycle.apply(state, configure("c2", settings().setTargetMacs(0.4)))
                .next();
        assertThat(EffectiveSettings.DEFAULT.with(state.getSettings()).plan().targetMacs())
                .contains(0.4);
        state = Lifecycle.apply(state, configure("c3", settings().setSparsity(0.2)))
                .next();
        assertThat(EffectiveSettings.DEFAULT.with(state.getSettings()).plan().targetMacs())
                .isEmpty();
        EffectiveSettings ofAll =
                EffectiveSettings.DEFAULT.with(settings().setTargetMacs(0.4).build());
        assertThat(ofAll.with(settings().setBudgetEvents(9).build()).plan().targetMacs())
                .contains(0.4);
        assertThat(ofAll.with(settings().setSparsity(0.2).build()).plan().targetMacs())
                .isEmpty();
    }

    @Test
    void shouldReplaceAllLimitsWhenOthersAreGiven() {
        PruningSettings.Builder first = settings();
        first.getLayerLimitsBuilder().addLimitsBuilder().setLayer("a").setShare(0.1);
        first.getLayerLimitsBuilder().addLimitsBuilder().setLayer("b").setShare(0.2);
        PruningSettings.Builder second = settings();
        second.getLayerLimitsBuilder().addLimitsBuilder().setLayer("b").setShare(0);
        StoredLifecycle state = Lifecycle.apply(NEW, configure("c1", first)).next();
        state = Lifecycle.apply(state, configure("c2", second)).next();
        assertThat(EffectiveSettings.DEFAULT.with(state.getSettings()).plan().layerLimits())
                .containsExactly(java.util.Map.entry("b", 0.0));
        PruningSettings.Builder none = settings();
        none.getLayerLimitsBuilder();
        state = Lifecycle.apply(state, configure("c3", none)).next();
        assertThat(EffectiveSettings.DEFAULT.with(state.getSettings()).plan().layerLimits())
                .isEmpty();
    }

    @Test
    void shouldPreferTheUsersSettingsToThoseOfAllUsers() {
        EffectiveSettings effective = EffectiveSettings.DEFAULT
                .with(settings().setSparsity(0.9).setBudgetEvents(10).build())
                .with(settings().setSparsity(0.2).build());
        assertThat(effective.plan().sparsity()).isEqualTo(0.2);
        assertThat(effective.budget().events()).isEqualTo(10);
    }

    @Test
    void shouldRaiseTheVersionForEver() {
        StoredLifecycle state = Lifecycle.published(Lifecycle.seen(NEW, 200), Optional.empty());
        assertThat(state.getVersion()).isEqualTo(1);
        state = Lifecycle.apply(
                        state, command("c1", CommandAction.COMMAND_ACTION_RESET).build())
                .next();
        assertThat(state.getVersion()).isEqualTo(1);
        assertThat(state.getEventsAtLastPruning()).isZero();
        assertThat(state.getPrunings()).isZero();
        assertThat(Lifecycle.published(Lifecycle.seen(state, 5), Optional.empty())
                        .getVersion())
                .isEqualTo(2);
    }

    @Test
    void shouldGoOnWithRoundsThatEndedWhenToldAnew() {
        StoredLifecycle ended = Lifecycle.ended(Lifecycle.published(Lifecycle.seen(NEW, 200), Optional.empty()));
        assertThat(Lifecycle.progress(ended, 400, 1).ended()).isTrue();
        assertThat(Lifecycle.apply(ended, configure("c1", settings().setSparsity(0.4)))
                        .next()
                        .getRoundsEnded())
                .isFalse();
        assertThat(Lifecycle.apply(
                                ended,
                                command("c2", CommandAction.COMMAND_ACTION_RESET)
                                        .build())
                        .next()
                        .getRoundsEnded())
                .isFalse();
    }

    @Test
    void shouldPruneAsTheScheduleSaysWhenBudgetIsGradual() {
        EffectiveSettings gradual =
                new EffectiveSettings(EffectiveSettings.DEFAULT.personalization(), new Budget(100, 0, 2, true, 0));
        assertThat(gradual.forRound(1).pruning().sparsity()).isEqualTo(0.5 * 7 / 8);
        assertThat(gradual.forRound(2)).isEqualTo(gradual.personalization());
        assertThat(gradual.with(settings().setTargetMacs(0.2).build())
                        .forRound(1)
                        .pruning()
                        .targetMacs())
                .hasValueSatisfying(share -> assertThat(share).isCloseTo(0.3, within(1e-12)));
        assertThat(gradual.with(settings().setSparsity(0.8).build()).budget()).isEqualTo(gradual.budget());
    }

    @Test
    void shouldRefuseToPruneAPausedUserButTakeTheSettings() {
        StoredLifecycle paused = NEW.toBuilder().setPaused(true).build();
        Lifecycle.Transition transition = Lifecycle.apply(
                paused,
                command("c1", CommandAction.COMMAND_ACTION_REPRUNE)
                        .setSettings(settings().setSparsity(0.6))
                        .build());
        assertThat(transition.effect()).isEqualTo(CommandEffect.REFUSED_PAUSED);
        assertThat(transition.next().getSettings().getSparsity()).isEqualTo(0.6);
    }

    @Test
    void shouldWaitSinceTheFirstEventAfterAPruning() {
        StoredLifecycle state = Lifecycle.counted(NEW, 1_000);
        assertThat(Lifecycle.counted(state, 2_000)).isSameAs(state);
        assertThat(state.getWaitingSinceMillis()).isEqualTo(1_000);
        state = Lifecycle.counted(Lifecycle.published(Lifecycle.seen(state, 9), Optional.empty()), 5_000);
        assertThat(state.getWaitingSinceMillis()).isEqualTo(5_000);
    }

    private static PruneCommand configure(String id, PruningSettings.Builder settings) {
        return command(id, CommandAction.COMMAND_ACTION_CONFIGURE)
                .setSettings(settings)
                .build();
    }

    private static PruneCommand.Builder command(String id, CommandAction action) {
        return PruneCommand.newBuilder()
                .setCommandId(id)
                .setUserId("theo")
                .setAction(action)
                .setRequestedAtMillis(1);
    }

    private static PruningSettings.Builder settings() {
        return PruningSettings.newBuilder();
    }
}
