package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.SensorEvent;
import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;

/** Record that reaches the task that owns a user: an event, a command or a device's answer. */
sealed interface UserRecord {
    /**
     * A valid event.
     *
     * @param bytes the serialised event, unchanged
     * @param message parsed from them; null when it crossed an internal topic since
     */
    record Event(
            SourceOffset origin, byte[] bytes, @Nullable SensorEvent message) implements UserRecord {
        private static final Event TOMBSTONE = new Event(new SourceOffset(-1, -1), new byte[0], null);

        /** The parsed bytes. */
        SensorEvent parse() {
            return message != null ? message : MessageSerdes.sensorEvent().fromBytes(bytes);
        }

        /** Serialises for the internal topic: the source offset, then the event. */
        byte[] encode() {
            ByteBuffer buffer = ByteBuffer.allocate(SourceOffset.BYTES + bytes.length);
            origin.write(buffer);
            return buffer.put(bytes).array();
        }

        /**
         * Decodes a record of the internal topic. One that is too short becomes an event without bytes, which is
         * refused as malformed.
         */
        static Event decode(byte @Nullable [] encoded) {
            if (encoded == null || encoded.length < SourceOffset.BYTES) {
                return TOMBSTONE;
            }
            ByteBuffer buffer = ByteBuffer.wrap(encoded);
            SourceOffset origin = SourceOffset.read(buffer);
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return new Event(origin, bytes, null);
        }

        static Serde<Event> serde() {
            return Serdes.serdeFrom((topic, event) -> event.encode(), (topic, encoded) -> decode(encoded));
        }
    }

    /** A device's valid answer that an update fails. */
    record Failure(MaskAcknowledgement message) implements UserRecord {}

    /** A valid command for one user, or for all users of this partition. */
    record Command(PruneCommand message) implements UserRecord {
        boolean forAllUsers() {
            return message.getUserId().isEmpty();
        }
    }
}
