package io.fineprune.topology.sums;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.testing.WiredModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
    void shouldStoreSumsOfWhatIsNeverNegativeOnce() {
        ActivationBatch batch = model.batch(7, 5);
        int negative = batch.taps() - 3;
        for (int i = 0; i < batch.absolute().length; i++) {
            boolean output = i % batch.taps() >= negative;
            batch.linear()[i] = output ? -batch.absolute()[i] : batch.absolute()[i];
        }
        SumsAccumulator sums = SumsAccumulator.empty(model.architecture());
        for (int e = 0; e < 5; e++) {
            sums.add(batch, e, 100 + e);
        }
        StoredSums stored = sums.toStored();
        assertThat(stored.getLinear().size()).isEqualTo(3 * Double.BYTES);
        assertSame(usable(stored).snapshot(), sums.snapshot());
        assertThat(SumsAccumulator.empty(model.architecture()).toStored().getLinear())
                .isEmpty();
    }

    /** The bytes as they were before sums of a were left out anywhere. */
    @Test
    void shouldReadSumsThatWereStoredInFull() throws InvalidProtocolBufferException {
        ActivationSums sums = model.sums(7, 5);
        ByteString[] fields = new ByteString[2];
        double[][] values = {sums.copyOfAbsolute(), sums.copyOfAbsolute()};
        values[1][4] = -values[1][4];
        for (int i = 0; i < 2; i++) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(Double.BYTES * values[i].length).order(ByteOrder.LITTLE_ENDIAN);
            for (double value : values[i]) {
                bytes.putDouble(value);
            }
            fields[i] = ByteString.copyFrom(bytes.flip());
        }
        byte[] old = SumsAccumulator.of(sums).toStored().toBuilder()
                .setAbsolute(fields[0])
                .setLinear(fields[1])
                .build()
                .toByteArray();
        ActivationSums read = usable(StoredSums.parseFrom(old)).snapshot();
        assertThat(read.copyOfAbsolute()).isEqualTo(values[0]);
        assertThat(read.copyOfLinear()).isEqualTo(values[1]);
    }

    private static void assertSame(ActivationSums found, ActivationSums expected) {
        assertThat(found.copyOfAbsolute()).isEqualTo(expected.copyOfAbsolute());
        assertThat(found.copyOfLinear()).isEqualTo(expected.copyOfLinear());
        assertThat(found.copyOfSquared()).isEqualTo(expected.copyOfSquared());
        assertThat(found.copyOfPosterior()).isEqualTo(expected.copyOfPosterior());
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
