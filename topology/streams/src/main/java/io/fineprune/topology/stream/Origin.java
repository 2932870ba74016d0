package io.fineprune.topology.stream;

import java.nio.ByteBuffer;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Where a record was read first, before any internal topic.
 *
 * @param partition of the source topic
 * @param offset in it
 */
record Origin(int partition, long offset) {
    static final int BYTES = Integer.BYTES + Long.BYTES;

    static Origin of(RecordMetadata metadata) {
        return new Origin(metadata.partition(), metadata.offset());
    }

    static Origin read(ByteBuffer from) {
        return new Origin(from.getInt(), from.getLong());
    }

    void write(ByteBuffer to) {
        to.putInt(partition).putLong(offset);
    }
}
