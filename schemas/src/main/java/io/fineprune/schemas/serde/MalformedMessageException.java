package io.fineprune.schemas.serde;

/**
 * Thrown for a message that does not follow its schema. The text names the field, its bound and what was found:
 * "Expected 1 to 64 bytes in field sensor_event.event_id, but was 0". It never quotes more of the message than a
 * number or a name.
 */
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedMessageException(String message) {
        super(message);
    }

    public MalformedMessageException(String message, Throwable cause) {
        super(message, cause);
    }
}
