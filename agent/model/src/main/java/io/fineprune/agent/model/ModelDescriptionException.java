package io.fineprune.agent.model;

/** A model.yaml that is missing or wrong. The message names every problem and says what was expected. */
public final class ModelDescriptionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ModelDescriptionException(String message) {
        super(message);
    }

    public ModelDescriptionException(String message, Throwable cause) {
        super(message, cause);
    }
}
