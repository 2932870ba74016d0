package io.fineprune.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.LayerMask;
import io.fineprune.schemas.v1.MaskUpdate;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 63, 64, 65, 1000})
    void shouldReturnTheSameBitsWhenAMaskIsReadBack(int size) {
        Random random = new Random(size);
        for (int round = 0; round < 50; round++) {
            BitSet kept = new BitSet();
            for (int i = 0; i < size; i++) {
                kept.set(i, random.nextBoolean());
            }
            LayerMask mask = MaskBits.toLayerMask("conv", kept, size);

            assertThat(mask.getKept().size()).isEqualTo((size + 7) / 8);
            assertThat(MaskBits.toBitSet(mask)).isEqualTo(kept);
            assertThat(MaskBits.count(mask)).isEqualTo(kept.cardinality());
        }
    }

    @Test
    void shouldPutTheFirstNodeInTheLeastSignificantBit() {
        BitSet kept = new BitSet();
        kept.set(0);
        kept.set(10);

        assertThat(MaskBits.toLayerMask("conv", kept, 24).getKept().toByteArray())
                .containsExactly(1, 4, 0);
    }

    @Test
    void shouldRefuseBitsBeyondSize() {
        BitSet kept = new BitSet();
        kept.set(10);

        assertThatThrownBy(() -> MaskBits.toLayerMask("conv", kept, 10))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected no bits beyond size 10 in field layer_mask.kept, but was bit 10");
        LayerMask wrong = LayerMask.newBuilder()
                .setLayer("conv")
                .setSize(10)
                .setKept(ByteString.copyFrom(new byte[] {0, 4}))
                .build();
        assertThatThrownBy(() -> MaskBits.toBitSet(wrong))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected no bits beyond size 10 in field layer_mask.kept, but was bit 10");
    }

    @Test
    void shouldReturnTheSameNumbersWhenTheyAreReadBack() {
        double[] doubles = {0, -0.0, 1.5, -1e300, Double.MIN_VALUE};
        float[] floats = {0, -0.0f, 1.5f, -1e30f, Float.MIN_VALUE};

        assertThat(LittleEndian.toDoubles("field", LittleEndian.fromDoubles("field", doubles), 5))
                .containsExactly(doubles);
        assertThat(LittleEndian.toFloats("field", LittleEndian.fromFloats("field", floats), 5))
                .containsExactly(floats);
        assertThat(LittleEndian.fromDoubles("field", new double[] {1}).toByteArray())
                .isEqualTo(HexFormat.of().parseHex("000000000000f03f"));
        assertThat(LittleEndian.fromFloats("field", new float[] {1}).toByteArray())
                .isEqualTo(HexFormat.of().parseHex("0000803f"));
    }

    @Test
    void shouldNameFieldAndIndexWhenANumberIsNotFinite() {
        assertThatThrownBy(() -> LittleEndian.fromDoubles("sums", new double[] {0, Double.NaN}))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected finite numbers in field sums, but was NaN at index 1");
        assertThatThrownBy(() -> LittleEndian.fromFloats("sums", new float[] {Float.POSITIVE_INFINITY}))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected finite numbers in field sums, but was Infinity at index 0");
        ByteString infinite = ByteString.copyFrom(HexFormat.of().parseHex("0000807f"));
        assertThatThrownBy(() -> LittleEndian.toFloats("input", infinite, 1))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected finite numbers in field input, but was Infinity at index 0");
    }

    @Test
    void shouldCheckTheLengthBeforeAllocating() {
        assertThatThrownBy(() -> LittleEndian.toDoubles("sums", ByteString.EMPTY, Integer.MAX_VALUE))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected exactly 17179869176 bytes (2147483647 values) in field sums, but was 0");
    }

    @Test
    void shouldVerifyTheChecksumOnlyWhenNothingChanged() {
        MaskUpdate sealed = Samples.mask();

        assertThat(MaskChecksum.verify(sealed)).isTrue();
        assertThat(MaskChecksum.compute(sealed)).isEqualTo(sealed.getChecksum()).hasSize(MaskChecksum.BYTES);
        assertThat(MaskChecksum.verify(sealed.toBuilder().setUserId("other").build()))
                .isFalse();
        assertThat(MaskChecksum.verify(sealed.toBuilder().clearChecksum().build()))
                .isFalse();
    }
}
