package io.fineprune.agent.demo;

/** Thrown if a demo failed, or cannot be run with the given recordings, users or model; the message says why. */
public final class DemoException extends Exception {
    private static final long serialVersionUID = 1L;

    public DemoException(String message) {
        super(message);
    }

    public DemoException(String message, Throwable cause) {
        super(message, cause);
    }
}
