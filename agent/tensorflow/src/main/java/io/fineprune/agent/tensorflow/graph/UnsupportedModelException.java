package io.fineprune.agent.tensorflow.graph;

/** A sound model that this program does not take. The message begins with "Unsupported" and says what to do. */
public final class UnsupportedModelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnsupportedModelException(String message) {
        super(message.startsWith("Unsupported") ? message : "Unsupported: " + message);
    }

    /** An operation that is not taken. */
    public static UnsupportedModelException operation(String op, String node, String whatToDo) {
        return new UnsupportedModelException("Unsupported operation %s in node %s: %s".formatted(op, node, whatToDo));
    }
}
