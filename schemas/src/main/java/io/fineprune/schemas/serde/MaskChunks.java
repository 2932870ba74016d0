package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.signature.Sha256;
import io.fineprune.schemas.v1.ChunkList;
import io.fineprune.schemas.v1.MaskChunk;
import io.fineprune.schemas.v1.MaskUpdate;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/**
 * Cuts updates that are larger than a message into chunks, and joins them. The record in pruning-masks is an update
 * too, with {@link ChunkList} instead of its content; a signature over that record covers the chunks by their SHA-256.
 * Pure.
 */
public final class MaskChunks {
    /** Most chunks of an update. */
    public static final int MAX_COUNT = 4096;

    /** Most bytes of an update in one chunk: a message less what is around them. */
    public static final int MAX_BYTES = MessageSerdes.MAX_MASK_UPDATE_BYTES - 1024;

    /** Fewest bytes to cut at: the largest update has {@link #MAX_COUNT} chunks then. */
    public static final int MIN_CUT_BYTES = MessageSerdes.MAX_JOINED_UPDATE_BYTES / MAX_COUNT;

    /** Half of what brokers take in one message by default. */
    public static final int DEFAULT_CUT_BYTES = 512 * 1024;

    private MaskChunks() {}

    /**
     * Serialises an update, cut into as few chunks as possible if it is larger than one message.
     *
     * @param update without chunks, with its checksum
     * @param most bytes of it in one message; at most {@link #MAX_BYTES}
     * @throws MalformedMessageException if the update breaks a bound or is too large
     */
    public static MaskParcel pack(MaskUpdate update, int most) {
        byte[] bytes = MessageSerdes.joinedMaskUpdate().toBytes(update);
        if (bytes.length <= most) {
            return new MaskParcel(ByteString.copyFrom(bytes), List.of(), bytes.length);
        }
        MessageSerde<MaskChunk> serde = MessageSerdes.maskChunk();
        List<ByteString> chunks = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += most) {
            ByteString data = ByteString.copyFrom(bytes, from, Math.min(most, bytes.length - from));
            chunks.add(ByteString.copyFrom(serde.toBytes(MaskChunk.newBuilder()
                    .setVersion(update.getVersion())
                    .setData(data)
                    .build())));
        }
        MessageDigest digest = Sha256.digest();
        digest.update(bytes);
        MaskUpdate list = MaskChecksum.seal(update.toBuilder()
                .clearLayers()
                .clearPackedLayers()
                .clearRepairs()
                .clearInput()
                .setSparsity(MaskLayers.sparsity(update))
                .setChunks(ChunkList.newBuilder()
                        .setCount(chunks.size())
                        .setBytes(bytes.length)
                        .setSha256(ByteString.copyFrom(digest.digest())))
                .build());
        return new MaskParcel(ByteString.copyFrom(MessageSerdes.maskUpdate().toBytes(list)), chunks, bytes.length);
    }

    /**
     * Joins chunks to the update that they were cut from, and checks it against the list.
     *
     * @param list an update that has passed its serde, with chunks
     * @param data of the chunks, in their order
     * @return without chunks
     * @throws MalformedMessageException if they are not its chunks, or what they hold is no update or another one
     */
    public static MaskUpdate join(MaskUpdate list, Collection<ByteString> data) {
        ChunkList chunks = list.getChunks();
        long found = data.stream().mapToLong(ByteString::size).sum();
        if (data.size() != chunks.getCount() || found != chunks.getBytes()) {
            throw new MalformedMessageException("Expected %d chunks of %d bytes together, but was %d of %d"
                    .formatted(chunks.getCount(), chunks.getBytes(), data.size(), found));
        }
        MessageDigest digest = Sha256.digest();
        byte[] bytes = new byte[(int) found];
        int at = 0;
        for (ByteString chunk : data) {
            chunk.copyTo(bytes, at);
            at += chunk.size();
        }
        digest.update(bytes);
        byte[] sha256 = digest.digest();
        if (!chunks.getSha256().equals(ByteString.copyFrom(sha256))) {
            throw new MalformedMessageException("Expected chunks whose SHA-256 is %s, but was %s"
                    .formatted(
                            HexFormat.of().formatHex(chunks.getSha256().toByteArray()),
                            HexFormat.of().formatHex(sha256)));
        }
        MaskUpdate update = MessageSerdes.joinedMaskUpdate().fromBytes(bytes);
        if (update.hasChunks()) {
            throw new MalformedMessageException("Expected an update in the chunks, but was a list of others");
        }
        same("user", list.getUserId(), update.getUserId());
        same("model", list.getModelId(), update.getModelId());
        same("model fingerprint", list.getModelFingerprint(), update.getModelFingerprint());
        same("version", list.getVersion(), update.getVersion());
        same("expiry", list.getExpiresAtMillis(), update.getExpiresAtMillis());
        return update;
    }

    private static void same(String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new MalformedMessageException(
                    "Expected chunks of an update with %s %s, but was %s".formatted(what, text(expected), text(found)));
        }
    }

    private static Object text(Object value) {
        return value instanceof ByteString bytes ? HexFormat.of().formatHex(bytes.toByteArray()) : value;
    }
}
