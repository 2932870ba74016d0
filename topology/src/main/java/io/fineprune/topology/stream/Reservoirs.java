package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.StoredInput;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.repair.Reservoir;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** The users' reservoirs in a store of their own, one entry per input, so that a new input costs one small write. */
final class Reservoirs {
    private final KeyValueStore<byte[], StoredInput> store;
    private final int capacity;

    Reservoirs(KeyValueStore<byte[], StoredInput> store, int capacity) {
        this.store = store;
        this.capacity = capacity;
    }

    /**
     * Keeps an input, or not.
     *
     * @param count the input's number among the user's events, from 1
     */
    void offer(UserModelKey key, long count, ModelInput input) {
        OptionalInt slot = Reservoir.slot(count, capacity);
        if (slot.isPresent()) {
            store.put(entry(key, slot.getAsInt()), Reservoir.store(input));
        }
    }

    /** The user's inputs in the order of their places. */
    List<ModelInput> read(UserModelKey key) {
        return entries(key).stream().map(entry -> Reservoir.load(entry.value)).toList();
    }

    void forget(UserModelKey key) {
        entries(key).forEach(entry -> store.delete(entry.key));
    }

    /** A longer entry in the range belongs to a model whose id begins with this one's. */
    private List<KeyValue<byte[], StoredInput>> entries(UserModelKey key) {
        byte[] first = entry(key, 0);
        List<KeyValue<byte[], StoredInput>> found = new ArrayList<>();
        try (KeyValueIterator<byte[], StoredInput> entries = store.range(first, entry(key, Integer.MAX_VALUE))) {
            while (entries.hasNext()) {
                KeyValue<byte[], StoredInput> entry = entries.next();
                if (entry.key.length == first.length) {
                    found.add(entry);
                }
            }
        }
        return found;
    }

    private static byte[] entry(UserModelKey key, int slot) {
        byte[] prefix = MessageSerdes.userModelKey().serializer().serialize(Names.USER_RESERVOIR_STORE, key);
        return ByteBuffer.allocate(prefix.length + 1 + Integer.BYTES)
                .put(prefix)
                .put((byte) 0)
                .putInt(slot)
                .array();
    }
}
