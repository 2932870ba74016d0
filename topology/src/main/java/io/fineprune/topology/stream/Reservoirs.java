package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.StoredInput;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.repair.Reservoir;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.streams.KeyValue;
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

    private List<KeyValue<byte[], StoredInput>> entries(UserModelKey key) {
        return UserEntries.between(store, entry(key, 0), entry(key, Integer.MAX_VALUE));
    }

    private static byte[] entry(UserModelKey key, int slot) {
        return UserEntries.key(
                Names.USER_RESERVOIR_STORE,
                key,
                ByteBuffer.allocate(Integer.BYTES).putInt(slot).array());
    }
}
