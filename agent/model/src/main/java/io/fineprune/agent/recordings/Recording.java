package io.fineprune.agent.recordings;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.schemas.v1.SensorEvent;
import java.io.IOException;

/**
 * One recording of one user, and what it is of. Its bytes are read when they are asked for.
 *
 * @param id the file's name without its ending, or the number of the image; not empty
 * @param user whose it is; 1 to 128 bytes of UTF-8
 * @param label its class; 1 to 128 bytes of UTF-8
 * @param index its number among the user's recordings of that class; from 0
 * @param source where its bytes come from
 */
public record Recording(String id, String user, String label, int index, Source source) {
    static final int MAX_NAME_BYTES = 128;

    /** Where a recording's bytes come from. Safe for use by several threads. */
    @FunctionalInterface
    public interface Source {
        /**
         * Sets the payload of an event.
         *
         * @param encoding what images are encoded as that have no encoding of their own
         * @throws IOException if it cannot be read, or is no recording that a message can hold
         */
        void writeTo(SensorEvent.Builder event, ImageEncoding encoding) throws IOException;
    }

    public Recording {
        if (id.isEmpty() || !isName(user) || !isName(label) || index < 0) {
            throw new IllegalArgumentException("Expected an id, a user and a label of 1 to " + MAX_NAME_BYTES
                    + " bytes and an index from 0, found '" + id + "', '" + user + "', '" + label + "', " + index);
        }
    }

    /** Sets the payload of an event; images without an encoding of their own are sent as they are. */
    public void writeTo(SensorEvent.Builder event) throws IOException {
        writeTo(event, ImageEncoding.IMAGE_ENCODING_RAW_U8);
    }

    /**
     * Sets the payload of an event: an audio clip in a WAV container or an image frame.
     *
     * @param encoding what images are encoded as that have no encoding of their own
     * @throws IOException if it cannot be read, or is no recording that a message can hold
     */
    public void writeTo(SensorEvent.Builder event, ImageEncoding encoding) throws IOException {
        source.writeTo(event, encoding);
    }

    static boolean isName(String text) {
        return !text.isBlank() && text.getBytes(UTF_8).length <= MAX_NAME_BYTES;
    }
}
