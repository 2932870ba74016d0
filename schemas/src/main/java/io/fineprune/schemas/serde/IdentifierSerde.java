package io.fineprune.schemas.serde;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Serde of a key that is a user's or device's name: 1 to 128 bytes of UTF-8. Unlike Kafka's own serde of strings it refuses
 * bytes that are not UTF-8, which would make two names one. Null stays null. Stateless; safe for any number of threads.
 */
public final class IdentifierSerde implements Serde<String> {
    private static final String FIELD = "key";

    IdentifierSerde() {}

    @Override
    public Serializer<String> serializer() {
        return (topic, name) -> serialize(name);
    }

    @Override
    public Deserializer<String> deserializer() {
        return (topic, bytes) -> deserialize(bytes);
    }

    private static byte @Nullable [] serialize(@Nullable String name) {
        if (name == null) {
            return null;
        }
        Check.text(FIELD, name, 1, Identifiers.MAX_USER_BYTES);
        return name.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable String deserialize(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        if (bytes.length < 1 || bytes.length > Identifiers.MAX_USER_BYTES) {
            throw Check.expected("1 to " + Identifiers.MAX_USER_BYTES + " bytes", FIELD, bytes.length);
        }
        return Utf8.decode(FIELD, bytes, 0, bytes.length);
    }
}
