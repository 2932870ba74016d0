package io.fineprune.agent.tensorflow.graph;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.NodeDef;

/** Refuses graphs that would take more memory than a model of this kind needs. */
final class SizeLimits {
    private SizeLimits() {}

    /**
     * Refuses graphs whose constants exceed the limit; a constant may claim far more numbers than the file has bytes.
     */
    static void checkConstants(FlatGraph graph) {
        long sum = 0;
        for (NodeDef node : graph.nodes()) {
            if (Constants.isConstant(node)) {
                sum += Constants.size(Constants.shape(node));
                if (sum > Constants.MAX_ELEMENTS) {
                    throw new InvalidModelException(
                            "Expected constants of at most %d numbers, found more at node %s; give a smaller model"
                                    .formatted(Constants.MAX_ELEMENTS, node.getName()));
                }
            }
        }
    }

    /** Refuses graphs in which a tensor of one event would exceed the limit. */
    static void checkTensors(FlatGraph graph, Shapes shapes) {
        for (NodeDef node : graph.nodes()) {
            Shape shape = shapes.of(TensorRef.of(node.getName()));
            double size = 1;
            for (int d = 0; !shape.isUnknown() && d < shape.numDimensions(); d++) {
                size *= Math.max(1, shape.get(d));
            }
            if (size > Constants.MAX_ELEMENTS) {
                throw new InvalidModelException(
                        "Expected tensors of at most %d numbers per event, found shape %s at node %s (%s); give a smaller model"
                                .formatted(Constants.MAX_ELEMENTS, shape, node.getName(), node.getOp()));
            }
        }
    }
}
