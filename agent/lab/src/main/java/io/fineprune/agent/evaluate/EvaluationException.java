package io.fineprune.agent.evaluate;

/** Thrown if data, settings or earlier results cannot be used; the message is shown to the user. */
public final class EvaluationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EvaluationException(String message) {
        super(message);
    }

    public EvaluationException(String message, Throwable cause) {
        super(message, cause);
    }
}
