package io.fineprune.schemas.serde;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Serde of one protobuf message. Both directions refuse, with {@link MalformedMessageException}, what is larger than the
 * limit or breaks a bound of the schema. The size and the number of fields are checked before anything is parsed, so the
 * memory taken by hostile bytes is bounded by a small multiple of the limit. The same message always gives the same bytes.
 * Null stands for a tombstone in both directions. Stateless; safe for any number of threads.
 *
 * @param <T> the message
 */
public final class MessageSerde<T extends Message> implements Serde<T> {
    private final String name;
    private final T prototype;
    private final Parser<T> parser;
    private final Validator<? super T> validator;
    private final int maxBytes;
    private final int maxFields;

    /**
     * @param name of the message in errors: sensor_event
     * @param prototype the message's default instance
     * @param maxBytes serialised size
     * @param maxFields fields on the wire, those of nested messages and repeated ones included
     */
    public MessageSerde(
            String name, T prototype, Parser<T> parser, Validator<? super T> validator, int maxBytes, int maxFields) {
        if (maxBytes < 1 || maxFields < 1) {
            throw new IllegalArgumentException("Expected at least 1 byte and 1 field as limits of %s, but was %d and %d"
                    .formatted(name, maxBytes, maxFields));
        }
        this.name = name;
        this.prototype = prototype;
        this.parser = parser;
        this.validator = validator;
        this.maxBytes = maxBytes;
        this.maxFields = maxFields;
    }

    /** Most bytes that a serialised message may have. */
    public int maxBytes() {
        return maxBytes;
    }

    /**
     * Serialises a message; equal messages give equal bytes.
     *
     * @throws MalformedMessageException if the message breaks a bound or is too large
     */
    public byte[] toBytes(T message) {
        validator.validate(message);
        int size = message.getSerializedSize();
        checkSize(size);
        byte[] bytes = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            message.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to an array failed", e);
        }
        out.checkNoSpaceLeft();
        return bytes;
    }

    /**
     * Parses and checks a message.
     *
     * @throws MalformedMessageException if the bytes are too many, no protobuf, or break a bound
     */
    public T fromBytes(byte[] bytes) {
        checkSize(bytes.length);
        T message;
        try {
            WireScan.check(name, bytes, prototype.getDescriptorForType(), maxFields);
            message = parser.parseFrom(bytes);
        } catch (IOException e) {
            throw new MalformedMessageException(
                    "Expected a protobuf message %s in %d bytes, but found none: %s"
                            .formatted(name, bytes.length, e.getMessage()),
                    e);
        }
        validator.validate(message);
        return message;
    }

    @Override
    public Serializer<T> serializer() {
        return (topic, message) -> serialize(message);
    }

    @Override
    public Deserializer<T> deserializer() {
        return (topic, bytes) -> deserialize(bytes);
    }

    private byte @Nullable [] serialize(@Nullable T message) {
        return message == null ? null : toBytes(message);
    }

    private @Nullable T deserialize(byte @Nullable [] bytes) {
        return bytes == null ? null : fromBytes(bytes);
    }

    private void checkSize(int size) {
        if (size > maxBytes) {
            throw new MalformedMessageException(
                    "Expected at most %d bytes in message %s, but was %d".formatted(maxBytes, name, size));
        }
    }
}
