package io.fineprune.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.MaskChunk;
import io.fineprune.schemas.v1.MaskUpdate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MaskChunksTest {
    private static final int CUT = 40;
    private static final UserModelKey ZOE = new UserModelKey("zoë", "digits");

    private final MaskUpdate update = Samples.mask();
    private final MaskParcel parcel = MaskChunks.pack(update, CUT);
    private final MaskUpdate list =
            MessageSerdes.maskUpdate().fromBytes(parcel.record().toByteArray());

    @Test
    void shouldLeaveAnUpdateThatFitsAMessageAsItIs() {
        byte[] bytes = MessageSerdes.maskUpdate().toBytes(update);
        MaskParcel whole = MaskChunks.pack(update, bytes.length);
        assertThat(whole.record().toByteArray()).isEqualTo(bytes);
        assertThat(whole.chunks()).isEmpty();
        assertThat(whole.updateBytes()).isEqualTo(bytes.length);
        assertThat(MaskChunks.pack(update, bytes.length - 1).chunks()).hasSize(2);
    }

    @Test
    void shouldJoinWhatItCut() {
        assertThat(parcel.updateBytes()).isEqualTo(update.getSerializedSize());
        assertThat(parcel.chunks()).hasSize((update.getSerializedSize() + CUT - 1) / CUT);
        assertThat(list.getLayersCount() + list.getRepairsCount()).isZero();
        assertThat(list.getVersion()).isEqualTo(update.getVersion());
        assertThat(MaskLayers.sparsity(list)).isEqualTo(MaskLayers.sparsity(update));
        assertThat(MaskChunks.join(list, data())).isEqualTo(update);
    }

    @Test
    void shouldCutAnUpdateOfManyMegabytesAndRefuseOneThatIsTooLarge() {
        byte[] weights = new byte[20 * 1024 * 1024];
        new Random(5).nextBytes(weights);
        MaskUpdate large = weighing(weights);
        MaskParcel parcels = MaskChunks.pack(large, MaskChunks.DEFAULT_CUT_BYTES);
        assertThat(parcels.chunks()).hasSize(41);
        assertThat(parcels.record().size()).isLessThan(512);
        MaskUpdate listed =
                MessageSerdes.maskUpdate().fromBytes(parcels.record().toByteArray());
        assertThat(MaskChunks.join(listed, data(parcels))).isEqualTo(large);
        MaskUpdate tooLarge = weighing(new byte[MessageSerdes.MAX_JOINED_UPDATE_BYTES]);
        assertThatThrownBy(() -> MaskChunks.pack(tooLarge, MaskChunks.DEFAULT_CUT_BYTES))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageStartingWith("Expected at most 67108864 bytes in message mask_update, but was ");
    }

    private MaskUpdate weighing(byte[] weights) {
        MaskUpdate.Builder heavy = update.toBuilder();
        heavy.getRepairsBuilder(0).setWeights(ByteString.copyFrom(weights));
        return MaskChecksum.seal(heavy.build());
    }

    @Test
    void shouldSayTheSparsityOfPackedMasksInTheListToo() {
        MaskUpdate packed = MaskLayers.packed(update.toBuilder().clearRepairs().build());
        MaskParcel parcels = MaskChunks.pack(packed, CUT);
        MaskUpdate listed =
                MessageSerdes.maskUpdate().fromBytes(parcels.record().toByteArray());
        assertThat(MaskLayers.sparsity(listed)).isEqualTo(Samples.sparsity());
    }

    @Test
    void shouldRefuseWhatAreNotItsChunks() {
        int count = parcel.chunks().size();
        refuses(data().subList(1, count), "Expected %d chunks of ".formatted(count));
        List<ByteString> twice = new ArrayList<>(data());
        twice.add(twice.get(0));
        refuses(twice, "Expected %d chunks of ".formatted(count));
        List<ByteString> swapped = new ArrayList<>(data());
        Collections.swap(swapped, 0, 1);
        refuses(swapped, "Expected chunks whose SHA-256 is ");
        List<ByteString> changed = new ArrayList<>(data());
        byte[] first = changed.get(0).toByteArray();
        first[7] ^= 1;
        changed.set(0, ByteString.copyFrom(first));
        refuses(changed, "Expected chunks whose SHA-256 is ");
    }

    @Test
    void shouldRefuseAnotherUpdateInTheChunks() {
        List<ByteString> data = data();
        assertRefused(
                list.toBuilder().setVersion(8).build(), data, "Expected chunks of an update with version 8, but was 7");
        assertRefused(
                list.toBuilder().setUserId("theo").build(),
                data,
                "Expected chunks of an update with user theo, but was zoë");
        assertRefused(
                list.toBuilder().clearExpiresAtMillis().build(),
                data,
                "Expected chunks of an update with expiry 0, but was 1760000000002");
        MaskParcel nested = MaskChunks.pack(list, CUT);
        assertRefused(
                MessageSerdes.maskUpdate().fromBytes(nested.record().toByteArray()),
                data(nested),
                "Expected an update in the chunks, but was a list of others");
    }

    @Test
    void shouldCollectNothingButTheChunksOfTheVersion() {
        ChunkCollector collector = new ChunkCollector(list);
        collector.offer(key(new UserModelKey("theo", "digits"), 0), chunk(7, 1));
        collector.offer(key(ZOE, 0), chunk(6, 1));
        collector.offer(key(ZOE, parcel.chunks().size()), chunk(7, 1));
        collector.offer(key(ZOE, 0), chunk(7, update.getSerializedSize() + 1));
        collector.offer(key(ZOE, 0), new byte[] {1});
        collector.offer(new byte[3], chunk(7, 1));
        collector.offer(null, null);
        assertThat(collector.found()).isZero();
        collector.offer(key(ZOE, 0), chunk(7, 1));
        for (int i = 0; i < parcel.chunks().size(); i++) {
            assertThat(collector.complete()).isFalse();
            collector.offer(key(ZOE, i), parcel.chunks().get(i).toByteArray());
        }
        assertThat(collector.complete()).isTrue();
        assertThat(collector.join()).isEqualTo(update);
    }

    @Test
    void shouldPutAllChunksOfAnUpdateBehindOneOwner() {
        byte[] key = key(ZOE, 4095);
        assertThat(MaskChunkKeySerde.owner(key))
                .isEqualTo(MessageSerdes.userModelKey().serializer().serialize("", ZOE));
        assertThat(MessageSerdes.maskChunkKey().deserializer().deserialize("", key))
                .isEqualTo(new MaskChunkKey(ZOE, 4095));
        assertThatThrownBy(() -> new MaskChunkKey(ZOE, 4096)).isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> MessageSerdes.maskChunkKey().deserializer().deserialize("", new byte[3]))
                .hasMessage("Expected at least 4 bytes in field mask_chunk_key, but was 3");
    }

    private void refuses(List<ByteString> data, String reason) {
        assertRefused(list, data, reason);
    }

    private static void assertRefused(MaskUpdate list, List<ByteString> data, String reason) {
        assertThatThrownBy(() -> MaskChunks.join(list, data))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageStartingWith(reason);
    }

    private List<ByteString> data() {
        return data(parcel);
    }

    private static List<ByteString> data(MaskParcel parcel) {
        return parcel.chunks().stream()
                .map(chunk ->
                        MessageSerdes.maskChunk().fromBytes(chunk.toByteArray()).getData())
                .toList();
    }

    private static byte[] key(UserModelKey owner, int index) {
        return MessageSerdes.maskChunkKey().serializer().serialize("", new MaskChunkKey(owner, index));
    }

    private static byte[] chunk(long version, int bytes) {
        return MaskChunk.newBuilder()
                .setVersion(version)
                .setData(ByteString.copyFrom(new byte[bytes]))
                .build()
                .toByteArray();
    }
}
