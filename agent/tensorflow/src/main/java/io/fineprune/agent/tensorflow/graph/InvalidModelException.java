package io.fineprune.agent.tensorflow.graph;

/** A model file that cannot be read: corrupt, truncated, too large or contradicting itself. The message says what to do. */
public final class InvalidModelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidModelException(String message) {
        super(message);
    }

    public InvalidModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
