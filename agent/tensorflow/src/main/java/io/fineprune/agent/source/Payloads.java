package io.fineprune.agent.source;

import io.fineprune.agent.recordings.Recording;
import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.schemas.v1.SensorEvent;
import java.io.IOException;

/** Reads recordings into events that hold nothing but a payload. */
public final class Payloads {
    private Payloads() {}

    /** The payload of a recording; images are sent as they are. */
    public static SensorEvent of(Recording recording) throws IOException {
        return of(recording, ImageEncoding.IMAGE_ENCODING_RAW_U8);
    }

    /**
     * The payload of a recording.
     *
     * @param encoding what images are encoded as that have no encoding of their own
     */
    public static SensorEvent of(Recording recording, ImageEncoding encoding) throws IOException {
        SensorEvent.Builder event = SensorEvent.newBuilder();
        recording.writeTo(event, encoding);
        return event.build();
    }
}
