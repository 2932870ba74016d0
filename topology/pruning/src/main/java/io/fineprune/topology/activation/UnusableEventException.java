package io.fineprune.topology.activation;

/** An event that cannot become the model's input. The message says what was expected and what was found. */
public final class UnusableEventException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why an event was refused: a closed set, so that it can serve as a metric's tag. */
    public enum Reason {
        /** Bytes that are no message, or a field out of its bound. */
        MALFORMED,
        /** A command that is not signed by anybody who may command. */
        UNAUTHORIZED,
        /** The event names a model that this agent does not run. */
        UNKNOWN_MODEL,
        /** A payload of another kind or shape than the model takes. */
        WRONG_SHAPE,
        /** Audio, image or numbers that do not decode, or are not finite. */
        UNDECODABLE,
        /** More bytes, samples or pixels than the bound. */
        OVERSIZED,
        /** The forward pass failed on this event. */
        EVALUATION_FAILED
    }

    public UnusableEventException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public UnusableEventException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
