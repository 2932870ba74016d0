package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of the next batch: a queue on the heap, and the same events in a logged in-memory store. An event's offset may
 * be committed while the event waits here, so that a queue on the heap alone would lose it in a crash; the store's changelog
 * is written in the same transaction as the offset, and {@link #restore} fills the queue from it.
 *
 * <p>Slots are used in turn, so that the changelog compacts to as many records as a batch has events.
 */
final class EventBuffer {
    private static final Logger LOG = LoggerFactory.getLogger(EventBuffer.class);
    private static final int HEADER_BYTES = 2 * Long.BYTES + SourceOffset.BYTES;

    private final KeyValueStore<Integer, byte[]> store;
    private final int slots;
    private final List<PendingEvent> queue = new ArrayList<>();
    private long nextSequence;
    private boolean restored;

    /** @param slots events of a batch */
    EventBuffer(KeyValueStore<Integer, byte[]> store, int slots) {
        this.store = store;
        this.slots = slots;
    }

    /** Fills the queue with what the store holds, in the order of arrival. */
    void restore(Models models) {
        List<KeyValue<Integer, byte[]>> stored = new ArrayList<>();
        try (KeyValueIterator<Integer, byte[]> all = store.all()) {
            all.forEachRemaining(stored::add);
        }
        stored.sort(
                Comparator.comparingLong(entry -> ByteBuffer.wrap(entry.value).getLong()));
        for (KeyValue<Integer, byte[]> entry : stored) {
            restore(models, entry.key, ByteBuffer.wrap(entry.value));
        }
        restored = !queue.isEmpty();
        if (restored) {
            LOG.info("Found {} events that were waiting for their batch", queue.size());
        }
    }

    private void restore(Models models, int slot, ByteBuffer value) {
        nextSequence = Math.max(nextSequence, value.getLong() + 1);
        long timestamp = value.getLong();
        SourceOffset origin = SourceOffset.read(value);
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        SensorEvent event;
        try {
            event = MessageSerdes.sensorEvent().fromBytes(bytes);
        } catch (MalformedMessageException e) {
            // It was valid when it was stored: only a change of the schema's bounds can lead here.
            LOG.error("Dropped a waiting event of partition {} offset {}", origin.partition(), origin.offset(), e);
            store.delete(slot);
            return;
        }
        try {
            queue.add(PendingEvent.ready(slot, origin, timestamp, bytes, event, models.prepare(event)));
        } catch (UnusableEventException e) {
            queue.add(PendingEvent.failed(slot, origin, timestamp, bytes, event, e));
        }
    }

    /** Whether the batch must be evaluated before an event can be added. */
    boolean mustFlushFirst() {
        return restored || queue.size() >= slots;
    }

    boolean isFull() {
        return queue.size() >= slots;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** The events in the order of arrival; valid until the buffer changes. */
    List<PendingEvent> pending() {
        return queue;
    }

    void add(UserRecord.Event inbound, SensorEvent event, ModelInput input, long timestamp) {
        int slot = (int) (nextSequence % slots);
        SourceOffset origin = inbound.origin();
        ByteBuffer value = ByteBuffer.allocate(HEADER_BYTES + inbound.bytes().length);
        value.putLong(nextSequence).putLong(timestamp);
        origin.write(value);
        value.put(inbound.bytes());
        store.put(slot, value.array());
        queue.add(PendingEvent.ready(slot, origin, timestamp, inbound.bytes(), event, input));
        nextSequence++;
    }

    /** Removes all events from queue and store, after they were folded or sent to the dead letters. */
    void clear() {
        for (PendingEvent event : queue) {
            store.delete(event.slot());
        }
        queue.clear();
        restored = false;
    }
}
