package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.util.Optional;

/**
 * An event that waits for its batch.
 *
 * @param slot the event's key in the buffer's store
 * @param timestamp the record's, milliseconds since 1970-01-01T00:00Z
 * @param bytes the serialised event, unchanged
 * @param draw the event's hash in [0, 1), from {@link EventSampling#draw}
 * @param input the preprocessed payload; empty when it could not be prepared again after a restart
 */
record PendingEvent(
        int slot,
        SourceOffset origin,
        long timestamp,
        byte[] bytes,
        UserModelKey key,
        long capturedAtMillis,
        double draw,
        Optional<ModelInput> input,
        Optional<UnusableEventException> failure) {
    static PendingEvent ready(
            int slot, SourceOffset origin, long timestamp, byte[] bytes, SensorEvent event, ModelInput input) {
        return of(slot, origin, timestamp, bytes, event, Optional.of(input), Optional.empty());
    }

    static PendingEvent failed(
            int slot,
            SourceOffset origin,
            long timestamp,
            byte[] bytes,
            SensorEvent event,
            UnusableEventException failure) {
        return of(slot, origin, timestamp, bytes, event, Optional.empty(), Optional.of(failure));
    }

    private static PendingEvent of(
            int slot,
            SourceOffset origin,
            long timestamp,
            byte[] bytes,
            SensorEvent event,
            Optional<ModelInput> input,
            Optional<UnusableEventException> failure) {
        return new PendingEvent(
                slot,
                origin,
                timestamp,
                bytes,
                keyOf(event),
                event.getCapturedAtMillis(),
                EventSampling.draw(event),
                input,
                failure);
    }

    static UserModelKey keyOf(SensorEvent event) {
        return new UserModelKey(event.getUserId(), event.getModelId());
    }
}
