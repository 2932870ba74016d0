package io.fineprune.agent.tensorflow.graph;

/**
 * One output of a node in a flat graph.
 *
 * @param node the node's name
 * @param index which of its outputs; 0 for most
 */
public record TensorRef(String node, int index) {
    /** The first output of a node. */
    public static TensorRef of(String node) {
        return new TensorRef(node, 0);
    }

    /**
     * Reads the form of a GraphDef's inputs and of signatures: {@code name} or {@code name:1}.
     *
     * @throws InvalidModelException if the part after the colon is no number
     */
    public static TensorRef parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            return of(text);
        }
        try {
            return new TensorRef(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new InvalidModelException("Expected a tensor name like node or node:1, found " + text, e);
        }
    }

    /** The form of a GraphDef's inputs. */
    @Override
    public String toString() {
        return index == 0 ? node : node + ":" + index;
    }
}
