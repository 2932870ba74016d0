package io.fineprune.topology.stream;

import java.nio.ByteBuffer;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Where a record was read first, before any internal topic.
 *
 * @param partition of the source topic
 * @param offset in it
 */
record SourceOffset(int partition, long offset) {
    static final int BYTES = Integer.BYTES + Long.BYTES;

    static SourceOffset of(RecordMetadata metadata) {
        return new SourceOffset(metadata.partition(), metadata.offset());
    }

    static SourceOffset read(ByteBuffer from) {
        return new SourceOffset(from.getInt(), from.getLong());
    }

    void write(ByteBuffer to) {
        to.putInt(partition).putLong(offset);
    }
}
