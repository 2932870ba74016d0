package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.StoredInput;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.repair.Reservoir;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The users' reservoirs in a store of their own, one entry per input, so that a new input costs one small write. While a
 * pruning is due, the inputs that it rests on stay: one that a later event pushes out moves to a place beside its own. Inputs are
 * stored as one graph takes them; those of the graph before wait aside, with its sums, and are never given to another.
 */
final class Reservoirs {
    /** Added to a place's number: holds the input that was in that place when the pruning fell due. */
    private static final int HELD = 1 << 30;

    /** Added to a place's number: holds the input that belongs to the sums of the graph before. */
    private static final int ASIDE = 1 << 29;

    private final KeyValueStore<byte[], StoredInput> store;
    private final int capacity;

    Reservoirs(KeyValueStore<byte[], StoredInput> store, int capacity) {
        this.store = store;
        this.capacity = capacity;
    }

    /**
     * Offers an input to the reservoir, which keeps it or not, depending on its number alone.
     *
     * @param count the input's number among the user's events, from 1
     * @param held events that the user's due pruning rests on; 0: none is due
     */
    void offer(UserModelKey key, long count, ModelInput input, long held) {
        OptionalInt slot = Reservoir.slot(count, capacity);
        if (slot.isEmpty()) {
            return;
        }
        byte[] place = entry(key, slot.getAsInt());
        if (slot.getAsInt() < held) {
            StoredInput before = store.get(place);
            if (before != null) {
                store.putIfAbsent(entry(key, HELD + slot.getAsInt()), before);
            }
        }
        store.put(place, Reservoir.store(input));
    }

    /**
     * The user's inputs in the order of their places, as they were after so many events.
     *
     * @param events by now, or those that the due pruning rests on
     */
    List<ModelInput> read(UserModelKey key, long events) {
        SortedMap<Integer, StoredInput> inputs = new TreeMap<>();
        for (KeyValue<byte[], StoredInput> entry : own(key)) {
            if (slot(entry) < events) {
                inputs.put(slot(entry), entry.value);
            }
        }
        held(key)
                .forEach(entry -> inputs.put(
                        slot(entry) - HELD, entry.value)); // a held input replaces the one that pushed it out
        return inputs.values().stream().map(Reservoir::load).toList();
    }

    /** Drops the inputs that were held for a due pruning only. */
    void release(UserModelKey key) {
        held(key).forEach(entry -> store.delete(entry.key));
    }

    /** Empties the reservoir; inputs kept for the graph before stay. */
    void restart(UserModelKey key) {
        own(key).forEach(entry -> store.delete(entry.key));
        release(key);
    }

    /** Keeps the inputs for the graph before, in place of any kept earlier, and empties the reservoir. */
    void setAside(UserModelKey key) {
        dropAside(key);
        own(key).forEach(entry -> store.put(entry(key, ASIDE + slot(entry)), entry.value));
        restart(key);
    }

    /** Restores the inputs kept for the graph before, in place of those collected since. */
    void takeBack(UserModelKey key) {
        restart(key);
        aside(key).forEach(entry -> store.put(entry(key, slot(entry) - ASIDE), entry.value));
        dropAside(key);
    }

    void dropAside(UserModelKey key) {
        aside(key).forEach(entry -> store.delete(entry.key));
    }

    void forget(UserModelKey key) {
        restart(key);
        dropAside(key);
    }

    private List<KeyValue<byte[], StoredInput>> own(UserModelKey key) {
        return entries(key, 0, ASIDE - 1);
    }

    private List<KeyValue<byte[], StoredInput>> aside(UserModelKey key) {
        return entries(key, ASIDE, HELD - 1);
    }

    private List<KeyValue<byte[], StoredInput>> held(UserModelKey key) {
        return entries(key, HELD, Integer.MAX_VALUE);
    }

    private List<KeyValue<byte[], StoredInput>> entries(UserModelKey key, int from, int to) {
        return UserEntries.between(store, entry(key, from), entry(key, to));
    }

    private static int slot(KeyValue<byte[], StoredInput> entry) {
        return ByteBuffer.wrap(entry.key).getInt(entry.key.length - Integer.BYTES);
    }

    private static byte[] entry(UserModelKey key, int slot) {
        return UserEntries.key(
                Names.USER_RESERVOIR_STORE,
                key,
                ByteBuffer.allocate(Integer.BYTES).putInt(slot).array());
    }
}
