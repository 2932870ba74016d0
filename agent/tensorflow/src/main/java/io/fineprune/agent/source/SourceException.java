package io.fineprune.agent.source;

/** Thrown if a source model cannot be made from the given directory or recordings; the message says why. */
public final class SourceException extends Exception {
    private static final long serialVersionUID = 1L;

    public SourceException(String message) {
        super(message);
    }

    public SourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
