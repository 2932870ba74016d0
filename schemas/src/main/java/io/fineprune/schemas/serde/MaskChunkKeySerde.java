package io.fineprune.schemas.serde;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Serde of {@link MaskChunkKey}: the bytes of its {@link UserModelKey}, then the number (4 bytes, big endian). A record lies in
 * the partition that Kafka's default partitioner would give the user and model alone, so that one holds all chunks of an update.
 * Stateless; safe for any number of threads.
 */
public final class MaskChunkKeySerde implements Serde<MaskChunkKey> {
    private static final UserModelKeySerde OWNER = MessageSerdes.userModelKey();

    MaskChunkKeySerde() {}

    @Override
    public Serializer<MaskChunkKey> serializer() {
        return (topic, key) -> serialize(topic, key);
    }

    @Override
    public Deserializer<MaskChunkKey> deserializer() {
        return (topic, bytes) -> deserialize(topic, bytes);
    }

    /** The part of a key's bytes that decides its partition: those of the user and model. */
    public static byte[] owner(byte[] key) {
        return Arrays.copyOf(key, Math.max(0, key.length - Integer.BYTES));
    }

    private static byte @Nullable [] serialize(String topic, @Nullable MaskChunkKey key) {
        if (key == null) {
            return null;
        }
        byte[] owner = OWNER.serializer().serialize(topic, key.owner());
        return ByteBuffer.allocate(owner.length + Integer.BYTES)
                .put(owner)
                .putInt(key.index())
                .array();
    }

    private static @Nullable MaskChunkKey deserialize(String topic, byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        if (bytes.length < Integer.BYTES) {
            throw Check.expected("at least " + Integer.BYTES + " bytes", "mask_chunk_key", bytes.length);
        }
        UserModelKey owner = OWNER.deserializer().deserialize(topic, owner(bytes));
        return new MaskChunkKey(owner, ByteBuffer.wrap(bytes).getInt(bytes.length - Integer.BYTES));
    }
}
