package io.fineprune.agent.tensorflow.graph;

/**
 * Thrown for a valid model that this program does not support. The message begins with "Unsupported" and says what to
 * do.
 */
public final class UnsupportedModelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnsupportedModelException(String message) {
        super(message.startsWith("Unsupported") ? message : "Unsupported: " + message);
    }

    /** Makes the exception for an operation that is not supported, with a sentence on what to do. */
    public static UnsupportedModelException operation(String op, String node, String whatToDo) {
        return new UnsupportedModelException("Unsupported operation %s in node %s: %s".formatted(op, node, whatToDo));
    }
}
