package io.fineprune.topology.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.Trigger;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassWatchTest {
    private static final int BLOCK = 50;
    private static final int WANTED = 100;

    private static StoredLifecycle decided(long events, Integer... met) {
        return ClassWatch.decided(Lifecycle.seen(StoredLifecycle.getDefaultInstance(), events), List.of(met));
    }

    private static StoredLifecycle risen(StoredLifecycle state, long events, int... classes) {
        BitSet risen = new BitSet();
        for (int c : classes) {
            risen.set(c);
        }
        return ClassWatch.risen(state, risen, BLOCK, events, WANTED);
    }

    @Test
    void shouldBeDueOnceTheBlockAndAsManyEventsMoreAreThere() {
        StoredLifecycle state = risen(decided(200, 0, 1, 2), 250, 1, 7);
        assertThat(ClassWatch.due(state, 299)).isFalse();
        assertThat(ClassWatch.due(state, 300)).isTrue();
        assertThat(state.getRoundTrigger()).isEqualTo(Trigger.TRIGGER_LATER_CLASSES);
    }

    @Test
    void shouldNotBeDueWhenTheClassesWereMet() {
        StoredLifecycle state = decided(200, 0, 1, 2);
        assertThat(risen(state, 250, 0, 2)).isSameAs(state);
    }

    @Test
    void shouldNotBeDueWhenItIsNotKnownWhatWasMet() {
        StoredLifecycle state = decided(200);
        assertThat(risen(state, 250, 7)).isSameAs(state);
    }

    @Test
    void shouldComeNoSoonerThanAQuarterOfAllEventsAfterTheRoundBefore() {
        StoredLifecycle state = decided(1_000, 0);
        assertThat(risen(state, 1_249, 7)).isSameAs(state);
        assertThat(ClassWatch.due(risen(state, 1_250, 7), 1_300)).isTrue();
    }

    @Test
    void shouldKeepTheRoundThatIsDueAlready() {
        StoredLifecycle state = risen(decided(200, 0), 250, 7);
        assertThat(risen(state, 300, 8)).isSameAs(state);
    }

    @Test
    void shouldForgetTheDueRoundOnceOneIsSeenAndAllOfItWithTheSums() {
        StoredLifecycle due = risen(decided(200, 0), 250, 7);
        assertThat(ClassWatch.due(Lifecycle.seen(due, 300), 1_000)).isFalse();
        assertThat(Lifecycle.seen(due, 300).getMetClassesList()).containsExactly(0);
        assertThat(Lifecycle.forgotten(due).getMetClassesList()).isEmpty();
        assertThat(ClassWatch.due(Lifecycle.forgotten(due), 1_000)).isFalse();
    }

    @Test
    void shouldTryAgainWithAQuarterMoreWhenThereWasTooLittle() {
        StoredLifecycle state = ClassWatch.tooLittle(decided(200), Trigger.TRIGGER_BUDGET_EVENTS, 200);
        assertThat(ClassWatch.due(state, 249)).isFalse();
        assertThat(ClassWatch.due(state, 250)).isTrue();
        assertThat(state.getRoundTrigger()).isEqualTo(Trigger.TRIGGER_BUDGET_EVENTS);
        assertThat(ClassWatch.due(ClassWatch.tooLittle(decided(20), Trigger.TRIGGER_BUDGET_EVENTS, 20), 45))
                .isTrue();
    }
}
