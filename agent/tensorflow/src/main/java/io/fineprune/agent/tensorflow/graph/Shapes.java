package io.fineprune.agent.tensorflow.graph;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** The static shapes of all tensors in a graph, as TensorFlow infers them. Immutable. */
public final class Shapes {
    private static final int LARGE_BYTES = 4096;

    private final Map<TensorRef, Shape> shapes = new HashMap<>();

    /** Infers the shapes of a flat graph without running it. */
    public static Shapes of(FlatGraph flat) {
        Shapes shapes = new Shapes();
        try (Graph graph = new Graph()) {
            Sessions.load(graph, light(flat).toGraphDef());
            for (NodeDef node : flat.nodes()) {
                GraphOperation operation = graph.operationOrThrow(node.getName());
                for (int i = 0; i < operation.numOutputs(); i++) {
                    shapes.shapes.put(
                            new TensorRef(node.getName(), i),
                            operation.output(i).shape());
                }
            }
        }
        return shapes;
    }

    /** Replaces large constants by placeholders of their shape, so that shape inference does not copy them. */
    private static FlatGraph light(FlatGraph flat) {
        FlatGraph light = FlatGraph.of(flat.toGraphDef());
        for (NodeDef node : flat.nodes()) {
            if (Constants.isFloat(node) && node.getSerializedSize() > LARGE_BYTES) {
                long[] shape =
                        Arrays.stream(Constants.shape(node)).asLongStream().toArray();
                light.put(NodeBuilder.placeholder(node.getName(), DataType.DT_FLOAT, shape));
            }
        }
        return light;
    }

    /** Dimensions of a tensor, -1 for an open one. */
    public Shape of(TensorRef tensor) {
        return shapes.getOrDefault(tensor, Shape.unknown());
    }

    /** Whether rank and all dimensions are known. */
    public boolean known(TensorRef tensor) {
        Shape shape = of(tensor);
        return !shape.isUnknown() && !shape.hasUnknownDimension();
    }
}
