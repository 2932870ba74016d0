package io.fineprune.agent.tensorflow.graph;

import java.util.Optional;
import org.tensorflow.proto.NodeDef;

/** Finds or makes the class probabilities. */
final class Outputs {
    private Outputs() {}

    /** The output itself if a softmax makes it, otherwise a softmax of it, which is added. */
    static TensorRef posterior(FlatGraph graph, TensorRef output) {
        if (softmax(graph, output).isPresent()) {
            return output;
        }
        String name = graph.freeName("posterior");
        graph.add(NodeBuilder.ofFloat("Softmax", name).input(output).build());
        return TensorRef.of(name);
    }

    /** Returns the tensor that the softmax behind an output reads; empty if it is no softmax. */
    static Optional<TensorRef> logits(FlatGraph graph, TensorRef posterior) {
        return softmax(graph, posterior).map(node -> FlatGraph.inputRef(node, 0));
    }

    private static Optional<NodeDef> softmax(FlatGraph graph, TensorRef output) {
        NodeDef node = graph.node(output.node());
        while (Operations.RESHAPES.contains(node.getOp())) {
            node = graph.input(node, 0);
        }
        return node.getOp().equals("Softmax") ? Optional.of(node) : Optional.empty();
    }
}
