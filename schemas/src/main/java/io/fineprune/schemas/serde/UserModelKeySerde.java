package io.fineprune.schemas.serde;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Serde of {@link UserModelKey}: the length of the user in bytes (2 bytes, big endian), the user and the model, both in
 * UTF-8. All keys of a user, and no other key, begin with the same bytes, so that a prefix scan with
 * {@link #userPrefixSerializer()} finds a user's models. Equal keys have equal bytes, as compaction and partitioning need.
 * Stateless; safe for any number of threads.
 */
public final class UserModelKeySerde implements Serde<UserModelKey> {
    /** Most bytes of a serialised key. */
    public static final int MAX_BYTES = Short.BYTES + Identifiers.MAX_USER_BYTES + Identifiers.MAX_MODEL_BYTES;

    private static final String FIELD = "user_model_key";

    UserModelKeySerde() {}

    @Override
    public Serializer<UserModelKey> serializer() {
        return (topic, key) -> serialize(key);
    }

    @Override
    public Deserializer<UserModelKey> deserializer() {
        return (topic, bytes) -> deserialize(bytes);
    }

    /** Serialises a user to the bytes with which all keys of that user begin, and no other's. */
    public Serializer<String> userPrefixSerializer() {
        return (topic, user) -> {
            Check.text(FIELD + ".user", user, 1, Identifiers.MAX_USER_BYTES);
            return concatenate(user, "");
        };
    }

    private static byte @Nullable [] serialize(@Nullable UserModelKey key) {
        return key == null ? null : concatenate(key.user(), key.model());
    }

    private static byte[] concatenate(String user, String model) {
        byte[] userBytes = user.getBytes(StandardCharsets.UTF_8);
        byte[] modelBytes = model.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Short.BYTES + userBytes.length + modelBytes.length)
                .putShort((short) userBytes.length)
                .put(userBytes)
                .put(modelBytes)
                .array();
    }

    private static @Nullable UserModelKey deserialize(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        if (bytes.length < Short.BYTES + 2 || bytes.length > MAX_BYTES) {
            throw Check.expected(Short.BYTES + 2 + " to " + MAX_BYTES + " bytes", FIELD, bytes.length);
        }
        int userLength = Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort());
        int rest = bytes.length - Short.BYTES;
        if (userLength < 1 || userLength >= rest) {
            throw Check.expected("1 to " + (rest - 1) + " as length", FIELD + ".user", userLength);
        }
        return new UserModelKey(
                Utf8.decode(FIELD + ".user", bytes, Short.BYTES, userLength),
                Utf8.decode(FIELD + ".model", bytes, Short.BYTES + userLength, rest - userLength));
    }
}
