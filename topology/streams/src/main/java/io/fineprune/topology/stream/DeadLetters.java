package io.fineprune.topology.stream;

import io.fineprune.topology.activation.UnusableEventException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Makes dead letters: the original record, with headers that say why it was refused. A record too large for the dead
 * letters' topic is cut, and a header gives its original size.
 */
public final class DeadLetters {
    /** Name of an {@link UnusableEventException.Reason}. */
    public static final String REASON = "fineprune.error.reason";

    /** What was expected and what was found; at most 1024 characters. */
    public static final String MESSAGE = "fineprune.error.message";

    public static final String SOURCE_TOPIC = "fineprune.source.topic";
    public static final String SOURCE_PARTITION = "fineprune.source.partition";
    public static final String SOURCE_OFFSET = "fineprune.source.offset";

    /** Size of the original value in bytes; only present if it was cut. */
    public static final String CUT_FROM_BYTES = "fineprune.cut.from.bytes";

    private static final int MAX_MESSAGE_CHARS = 1024;
    private static final int MAX_KEY_BYTES = 1024;
    private static final int HEADROOM_BYTES = 16 * 1024;

    private final String sourceTopic;
    private final int maxValueBytes;

    /** @param maxRecordBytes of the dead letters' topic */
    DeadLetters(String sourceTopic, int maxRecordBytes) {
        this.sourceTopic = sourceTopic;
        this.maxValueBytes = maxRecordBytes - HEADROOM_BYTES;
    }

    // Keys and values of dead letters may be null, since they are those of the original record.
    @SuppressWarnings("NullAway")
    Record<byte[], byte[]> of(
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestamp,
            SourceOffset origin,
            UnusableEventException.Reason reason,
            String message) {
        Headers headers = new RecordHeaders();
        add(headers, REASON, reason.name());
        add(headers, MESSAGE, message.substring(0, Math.min(MAX_MESSAGE_CHARS, message.length())));
        add(headers, SOURCE_TOPIC, sourceTopic);
        add(headers, SOURCE_PARTITION, Integer.toString(origin.partition()));
        add(headers, SOURCE_OFFSET, Long.toString(origin.offset()));
        byte[] keptKey = key != null && key.length > MAX_KEY_BYTES ? null : key;
        byte[] keptValue = value;
        if (value != null && value.length > maxValueBytes) {
            keptValue = Arrays.copyOf(value, maxValueBytes);
            add(headers, CUT_FROM_BYTES, Integer.toString(value.length));
        }
        return new Record<>(keptKey, keptValue, Math.max(0, timestamp), headers);
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
