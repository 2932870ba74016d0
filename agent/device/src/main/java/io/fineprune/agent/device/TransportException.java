package io.fineprune.agent.device;

/** Thrown if a sent record did not arrive, or the broker cannot be reached. */
public final class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TransportException(String message, Throwable cause) {
        super(message, cause);
    }
}
