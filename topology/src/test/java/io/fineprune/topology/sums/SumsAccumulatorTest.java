package io.fineprune.topology.sums;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.testing.WiredModel;
import org.junit.jupiter.api.Test;

class SumsAccumulatorTest {
    private final WiredModel model = new WiredModel(1);

    @Test
    void shouldEqualSumsAddedDirectly() {
        ActivationBatch batch = model.batch(7, 50);
        ActivationSums sums = model.sums(7, 50);
        assertThat(sums.events()).isEqualTo(50);
        for (int tap = 0; tap < batch.taps(); tap++) {
            double absolute = 0;
            double linear = 0;
            double squared = 0;
            for (int e = 0; e < 50; e++) {
                absolute += batch.absolute()[e * batch.taps() + tap];
                linear += batch.linear()[e * batch.taps() + tap];
                squared += batch.squared()[e * batch.taps() + tap];
            }
            assertThat(sums.absolute(tap)).isCloseTo(absolute, within(1e-9));
            assertThat(sums.linear(tap)).isCloseTo(linear, within(1e-9));
            assertThat(sums.squared(tap)).isCloseTo(squared, within(1e-9));
        }
        assertThat(sums.posterior(0)).isCloseTo(50 / 3.0, within(1e-4));
    }

    @Test
    void shouldNotDependOnWhereBatchesBegin() {
        ActivationBatch batch = model.batch(7, 20);
        SumsAccumulator whole = SumsAccumulator.empty(model.architecture());
        StoredSums stored = SumsAccumulator.empty(model.architecture()).toStored();
        for (int e = 0; e < 20; e++) {
            whole.add(batch, e, 100 + e);
            SumsAccumulator one = usable(stored);
            one.add(batch, e, 100 + e);
            stored = one.toStored();
        }
        assertThat(stored).isEqualTo(whole.toStored());
    }

    @Test
    void shouldKeepTheEarliestAndLatestTimeWhenEventsComeOutOfOrder() {
        ActivationBatch batch = model.batch(7, 3);
        SumsAccumulator sums = SumsAccumulator.empty(model.architecture());
        sums.add(batch, 0, 500);
        sums.add(batch, 1, 300);
        sums.add(batch, 2, 400);
        assertThat(sums.snapshot().firstEventMillis()).isEqualTo(300);
        assertThat(sums.snapshot().lastEventMillis()).isEqualTo(500);
    }

    @Test
    void shouldRefuseSumsOfAnotherGraph() {
        StoredSums other =
                SumsAccumulator.empty(new WiredModel(2).architecture()).toStored();
        assertThat(SumsAccumulator.read(other, model.architecture()))
                .isInstanceOfSatisfying(
                        SumsReading.Foreign.class,
                        foreign -> assertThat(foreign.reason())
                                .contains(model.architecture().fingerprint(), "%064x".formatted(2)));
    }

    @Test
    void shouldRefuseSumsOfAnotherLayoutOfTaps() {
        StoredSums stored = SumsAccumulator.empty(model.architecture()).toStored();
        StoredSums shorter = stored.toBuilder()
                .setAbsolute(stored.getAbsolute().substring(8))
                .build();
        assertThat(SumsAccumulator.read(shorter, model.architecture())).isInstanceOf(SumsReading.Foreign.class);
    }

    @Test
    void shouldTellRowsThatAreNotFinite() {
        ActivationBatch batch = model.batch(7, 3);
        batch.squared()[batch.taps() + 4] = Float.POSITIVE_INFINITY;
        batch.posterior()[2 * 3] = Float.NaN;
        assertThat(SumsAccumulator.finite(batch, 0)).isTrue();
        assertThat(SumsAccumulator.finite(batch, 1)).isFalse();
        assertThat(SumsAccumulator.finite(batch, 2)).isFalse();
    }

    @Test
    void shouldRefuseRowsOfAnotherWidth() {
        ActivationBatch narrow = new ActivationBatch(1, 1, 1, new float[1], new float[1], new float[1], new float[1]);
        assertThatThrownBy(() -> SumsAccumulator.empty(model.architecture()).add(narrow, 0, 1))
                .hasMessageContaining("31 taps and 3 classes, but was 1 and 1");
    }

    private SumsAccumulator usable(StoredSums stored) {
        return ((SumsReading.Usable) SumsAccumulator.read(stored, model.architecture())).sums();
    }
}
