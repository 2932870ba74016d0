package io.fineprune.agent.device;

/** Something that a device sent did not arrive, or the fleet cannot be reached. */
public final class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TransportException(String message, Throwable cause) {
        super(message, cause);
    }
}
