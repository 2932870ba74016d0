package io.fineprune.topology.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.topology.activation.ModelInput;
import java.util.Arrays;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ReservoirTest {
    @Test
    void shouldFillItsPlacesInOrderFirst() {
        for (int count = 1; count <= 5; count++) {
            assertThat(Reservoir.slot(count, 5)).hasValue(count - 1);
        }
    }

    @Test
    void shouldKeepNothingWithoutPlaces() {
        assertThat(Reservoir.slot(1, 0)).isEmpty();
    }

    @Test
    void shouldKeepEveryInputWithTheSameChance() {
        int capacity = 50;
        int events = 2_000;
        long[] held = new long[capacity];
        for (int count = 1; count <= events; count++) {
            OptionalInt slot = Reservoir.slot(count, capacity);
            if (slot.isPresent()) {
                held[slot.getAsInt()] = count;
            }
        }
        long early = Arrays.stream(held).filter(count -> count <= events / 2).count();
        assertThat(early).isBetween(12L, 38L);
    }

    @Test
    void shouldGiveBackWhatHalfPrecisionHolds() {
        float[] values = {0, 1, -2.5f, 1e-7f, 65504f, 1e9f, 0.1f};
        ModelInput.Values kept = (ModelInput.Values) Reservoir.load(Reservoir.store(new ModelInput.Values(values)));
        assertThat(kept.values()).startsWith(0, 1, -2.5f).endsWith(Float16.MAX, Float16.round(0.1f));
        assertThat(Float16.round(0.1f)).isEqualTo(0.099975586f);
    }

    @Test
    void shouldRoundToTheNearestHalf() {
        for (int bits = 0; bits < 0x7c00; bits++) {
            float value = Float16.decode((short) bits);
            assertThat(Float16.encode(value)).isEqualTo((short) bits);
            assertThat(Float16.encode(Math.nextUp(value))).isEqualTo((short) bits);
        }
    }

    @Test
    void shouldGiveBackEncodedRecordings() {
        ModelInput.Encoded kept =
                (ModelInput.Encoded) Reservoir.load(Reservoir.store(new ModelInput.Encoded(new byte[] {1, 2})));
        assertThat(kept.bytes()).containsExactly(1, 2);
    }
}
