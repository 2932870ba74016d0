package io.fineprune.agent.runtime;

/** The cluster is not there, or not as it should be. The message says what to do. */
public final class FleetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public FleetException(String message) {
        super(message);
    }

    public FleetException(String message, Throwable cause) {
        super(message, cause);
    }
}
