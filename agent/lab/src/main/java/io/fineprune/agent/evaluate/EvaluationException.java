package io.fineprune.agent.evaluate;

/** Data, settings or results that an evaluation cannot use; the message is for people. */
public final class EvaluationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EvaluationException(String message) {
        super(message);
    }

    public EvaluationException(String message, Throwable cause) {
        super(message, cause);
    }
}
