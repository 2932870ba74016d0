package io.fineprune.agent.source;

import io.fineprune.agent.recordings.Recording;
import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.schemas.v1.SensorEvent;
import java.io.IOException;

/** Reads recordings into events that hold nothing but a payload. */
public final class Payloads {
    private Payloads() {}

    /** Reads a recording into an event with a payload only; encoded images stay as they are. */
    public static SensorEvent of(Recording recording) throws IOException {
        return of(recording, ImageEncoding.IMAGE_ENCODING_RAW_U8);
    }

    /**
     * Reads a recording into an event with a payload only.
     *
     * @param encoding encoding for images that are stored as raw pixels
     */
    public static SensorEvent of(Recording recording, ImageEncoding encoding) throws IOException {
        SensorEvent.Builder event = SensorEvent.newBuilder();
        recording.writeTo(event, encoding);
        return event.build();
    }
}
