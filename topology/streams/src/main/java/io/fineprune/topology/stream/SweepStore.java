package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.PruneCommand;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Commands for all users that have not reached every user, with how far each has come; survives a crash. */
final class SweepStore {
    private final KeyValueStore<Long, byte[]> store;

    /**
     * One command on its way.
     *
     * @param sequence the command's number in order of arrival
     * @param timestamp the record's, milliseconds since 1970-01-01T00:00Z
     * @param cursor the first user that the command has not reached; empty if it has reached none
     */
    record Sweep(long sequence, long timestamp, PruneCommand command, Optional<UserModelKey> cursor) {
        Sweep at(UserModelKey next) {
            return new Sweep(sequence, timestamp, command, Optional.of(next));
        }

        /** Returns the command for a single user, without its settings, which already hold for all users. */
        PruneCommand forOneUser() {
            return command.toBuilder().clearSettings().build();
        }

        boolean concerns(UserModelKey key) {
            return command.getModelId().isEmpty() || command.getModelId().equals(key.model());
        }
    }

    SweepStore(KeyValueStore<Long, byte[]> store) {
        this.store = store;
    }

    /** Pending commands, oldest first. */
    List<Sweep> load() {
        List<Sweep> sweeps = new ArrayList<>();
        try (KeyValueIterator<Long, byte[]> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<Long, byte[]> next = all.next();
                sweeps.add(decode(next.key, ByteBuffer.wrap(next.value)));
            }
        }
        return sweeps;
    }

    void put(Sweep sweep) {
        byte[] cursor = sweep.cursor()
                .map(key -> MessageSerdes.userModelKey().serializer().serialize(Names.FLEET_SWEEPS_STORE, key))
                .orElse(new byte[0]);
        byte[] command = MessageSerdes.pruneCommand().toBytes(sweep.command());
        ByteBuffer value = ByteBuffer.allocate(Long.BYTES + Integer.BYTES + cursor.length + command.length);
        value.putLong(sweep.timestamp()).putInt(cursor.length).put(cursor).put(command);
        store.put(sweep.sequence(), value.array());
    }

    void delete(Sweep sweep) {
        store.delete(sweep.sequence());
    }

    private static Sweep decode(long sequence, ByteBuffer value) {
        long timestamp = value.getLong();
        byte[] cursor = new byte[value.getInt()];
        value.get(cursor);
        byte[] command = new byte[value.remaining()];
        value.get(command);
        Optional<UserModelKey> key = cursor.length == 0
                ? Optional.empty()
                : Optional.of(
                        MessageSerdes.userModelKey().deserializer().deserialize(Names.FLEET_SWEEPS_STORE, cursor));
        return new Sweep(sequence, timestamp, MessageSerdes.pruneCommand().fromBytes(command), key);
    }
}
