package io.fineprune.topology.stream;

import java.nio.ByteBuffer;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Position of a record in the topic that the device wrote, before any internal topic.
 *
 * @param partition partition of the source topic
 * @param offset offset in that partition
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
