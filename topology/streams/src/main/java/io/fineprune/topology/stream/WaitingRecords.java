package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.WaitingRecord;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * What waits until its user's pruning is done: a command that came meanwhile, and all that came for the user after it, in order.
 * Durable as the due pruning is: put and taken in the transaction of what led to it. For use by the stream thread only.
 */
final class WaitingRecords {
    private final KeyValueStore<byte[], WaitingRecord> store;
    private final Map<UserModelKey, Deque<Entry>> users = new LinkedHashMap<>();

    /** @param commandId empty for an event */
    private record Entry(long number, String commandId, long timestamp) {}

    /** Takes up what a task before this one left. */
    WaitingRecords(KeyValueStore<byte[], WaitingRecord> store) {
        this.store = store;
        try (KeyValueIterator<byte[], WaitingRecord> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<byte[], WaitingRecord> next = all.next();
                int user = next.key.length - Long.BYTES - 1;
                long number = ByteBuffer.wrap(next.key).getLong(user + 1);
                note(
                        MessageSerdes.userModelKey()
                                .deserializer()
                                .deserialize(Names.WAITING_RECORDS_STORE, Arrays.copyOf(next.key, user)),
                        number,
                        next.value);
            }
        }
    }

    boolean isEmpty() {
        return users.isEmpty();
    }

    boolean contains(UserModelKey key) {
        return users.containsKey(key);
    }

    int size(UserModelKey key) {
        Deque<Entry> entries = users.get(key);
        return entries == null ? 0 : entries.size();
    }

    /** Those for whom something waits. */
    List<UserModelKey> users() {
        return List.copyOf(users.keySet());
    }

    /** When the record came that waits longest for a user of whom some do. */
    long since(UserModelKey key) {
        Deque<Entry> entries = users.get(key);
        return entries == null ? Long.MAX_VALUE : entries.element().timestamp();
    }

    /** Adds a record behind the others of its user; a command that waits already is not added again. */
    void add(UserModelKey key, WaitingRecord record) {
        Deque<Entry> entries = users.get(key);
        String id = record.getCommand().getCommandId();
        if (entries != null
                && record.hasCommand()
                && entries.stream().anyMatch(entry -> entry.commandId().equals(id))) {
            return;
        }
        long number = entries == null ? 0 : entries.getLast().number() + 1;
        store.put(entry(key, number), record);
        note(key, number, record);
    }

    /** Takes the first record of a user of whom some wait. */
    WaitingRecord take(UserModelKey key) {
        Deque<Entry> entries = users.get(key);
        if (entries == null) {
            throw new IllegalStateException("Expected records that wait for " + key + ", but there are none");
        }
        long number = entries.remove().number();
        if (entries.isEmpty()) {
            users.remove(key);
        }
        WaitingRecord record = store.delete(entry(key, number));
        if (record == null) {
            throw new IllegalStateException(
                    "Expected record %d that waits for %s, but it is gone".formatted(number, key));
        }
        return record;
    }

    private void note(UserModelKey key, long number, WaitingRecord record) {
        users.computeIfAbsent(key, k -> new ArrayDeque<>())
                .add(new Entry(number, record.getCommand().getCommandId(), record.getTimestampMillis()));
    }

    private static byte[] entry(UserModelKey key, long number) {
        return UserEntries.key(
                Names.WAITING_RECORDS_STORE,
                key,
                ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }
}
