package io.fineprune.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.MaskUpdate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PackedLayersTest {
    private static final int[] VGG_7 = {32, 32, 64, 64, 128, 128, 256, 10};

    @Test
    void shouldGiveBackWhatWasPackedWhateverTheShareKept() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 300; i++) {
            double share = random.nextInt(5) == 0 ? random.nextInt(2) : random.nextDouble();
            int[] sizes = random.ints(1 + random.nextInt(9), 1, 300).toArray();
            List<PackedLayers.Layer> layers = layers(random, share, sizes);
            assertThat(PackedLayers.unpack(PackedLayers.pack(layers))).isEqualTo(layers);
        }
    }

    @Test
    void shouldTakeLessThanABitForEachNodeWhereFewAreRemovedOrKept() {
        SplittableRandom random = new SplittableRandom(4);
        assertThat(PackedLayers.pack(layers(random, 0.3, VGG_7)).size()).isLessThan(714 / 8 + 14);
        assertThat(PackedLayers.pack(layers(random, 0.05, 10_000)).size()).isLessThan(10_000 / 8 / 3);
        assertThat(PackedLayers.pack(layers(random, 0.95, 10_000)).size()).isLessThan(10_000 / 8 / 3);
        assertThat(PackedLayers.pack(layers(random, 0.5, 10_000)).size()).isLessThanOrEqualTo(10_000 / 8 + 4);
        assertThat(PackedLayers.pack(layers(random, 1, 10_000)).size()).isLessThan(10);
    }

    @Test
    void shouldRefuseDamagedBytesAndNothingElse() {
        SplittableRandom random = new SplittableRandom(5);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = PackedLayers.pack(layers(random, random.nextDouble(), VGG_7))
                    .toByteArray();
            bytes[random.nextInt(Math.min(16, bytes.length))] = (byte) random.nextInt();
            int length = random.nextBoolean() ? bytes.length : random.nextInt(bytes.length);
            try {
                for (PackedLayers.Layer layer : PackedLayers.unpack(ByteString.copyFrom(bytes, 0, length))) {
                    assertThat(layer.kept().length()).isLessThanOrEqualTo(layer.size());
                }
            } catch (MalformedMessageException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(10_000);
    }

    @Test
    void shouldRefuseSizesBeforeItAllocates() {
        ByteString huge = ByteString.copyFrom(new byte[] {1, 2, -1, -1, -1, 31, -1, -1, -1, 31, 1, 0, 0});
        assertThatThrownBy(() -> PackedLayers.unpack(huge))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("nodes or weights");
    }

    @Test
    void shouldSealAndCheckPackedUpdates() {
        MaskUpdate plain = Samples.mask().toBuilder().clearRepairs().build();
        MaskUpdate packed = MaskLayers.packed(plain);
        byte[] bytes = MessageSerdes.maskUpdate().toBytes(packed);
        MaskUpdate back = MessageSerdes.maskUpdate().fromBytes(bytes);
        assertThat(MaskLayers.of(back).stream().map(MaskLayers.Named::mask))
                .isEqualTo(MaskLayers.of(plain).stream()
                        .map(MaskLayers.Named::mask)
                        .toList());
        assertThat(MaskLayers.sparsity(back)).isEqualTo(plain.getSparsity());
        MaskUpdate both = MaskChecksum.seal(
                packed.toBuilder().addAllLayers(plain.getLayersList()).build());
        assertThatThrownBy(() -> MessageSerdes.maskUpdate().toBytes(both))
                .hasMessageContaining("layers beside packed_layers");
        MaskUpdate other = packed.toBuilder().setVersion(9).build();
        assertThatThrownBy(() -> MessageSerdes.maskUpdate().toBytes(other)).hasMessageContaining("SHA-256");
    }

    private static List<PackedLayers.Layer> layers(SplittableRandom random, double share, int... sizes) {
        List<PackedLayers.Layer> layers = new ArrayList<>();
        for (int size : sizes) {
            BitSet kept = new BitSet();
            for (int i = 0; i < size; i++) {
                kept.set(i, random.nextDouble() < share);
            }
            layers.add(new PackedLayers.Layer(kept, size));
        }
        return layers;
    }
}
