package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.MessageSerde;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Reads raw events and sends malformed ones to the dead letters, the others to the partition of their user, whatever
 * the record's key was.
 */
final class EventRouter extends Router {
    private final TopologySettings settings;
    private final Set<String> models;
    private final MessageSerde<SensorEvent> serde = MessageSerdes.sensorEvent();

    EventRouter(TopologySettings settings, Set<String> models, StreamListener listener) {
        super(settings, settings.topics().sensorEvents(), Names.EVENT_DEAD_LETTERS_SINK, listener);
        this.settings = settings;
        this.models = models;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        byte @Nullable [] value = record.value();
        if (value == null) {
            refuseEvent(record, Reason.MALFORMED, "Expected a sensor event, but found a record without value");
            return;
        }
        if (value.length > serde.maxBytes()) {
            refuseEvent(
                    record,
                    Reason.OVERSIZED,
                    "Expected at most %d bytes as sensor event, but was %d".formatted(serde.maxBytes(), value.length));
            return;
        }
        SensorEvent event;
        try {
            event = serde.fromBytes(value);
        } catch (MalformedMessageException e) {
            refuseEvent(record, Reason.MALFORMED, String.valueOf(e.getMessage()));
            return;
        }
        if (!models.contains(event.getModelId())) {
            refuseEvent(
                    record,
                    Reason.UNKNOWN_MODEL,
                    "Expected one of the models %s, but was %s".formatted(new TreeSet<>(models), event.getModelId()));
            return;
        }
        route(event, value, record.timestamp(), origin());
    }

    private void route(SensorEvent event, byte[] bytes, long timestamp, SourceOffset origin) {
        byte[] user = event.getUserId().getBytes(StandardCharsets.UTF_8);
        boolean here = settings.routing() == Routing.DIRECT
                && UserPartitions.of(user, settings.partitions()) == origin.partition();
        if (!here) {
            listener().eventRerouted();
        }
        UserRecord.Event inbound = new UserRecord.Event(origin, bytes, here ? event : null);
        context().forward(new Record<>(user, inbound, timestamp), here ? Names.EVENTS_HERE : Names.EVENTS_ELSEWHERE);
    }

    private void refuseEvent(Record<byte[], byte[]> record, Reason reason, String message) {
        listener().event(StreamListener.EventOutcome.DEAD_LETTER);
        refuse(record, reason, message);
    }
}
