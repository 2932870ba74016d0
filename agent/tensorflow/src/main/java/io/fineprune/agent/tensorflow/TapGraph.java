package io.fineprune.agent.tensorflow;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.NodeBuilder;
import io.fineprune.agent.tensorflow.graph.Operations;
import io.fineprune.agent.tensorflow.graph.Shapes;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import io.fineprune.agent.tensorflow.units.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;

/**
 * Adds to a model, for a fixed batch, the sums over positions of |a|, a and a squared of every measured channel.
 *
 * @param graph with the outputs {@value #ABSOLUTE}, {@value #LINEAR} and {@value #SQUARED}, each [batch, taps]
 */
record TapGraph(GraphDef graph) {
    static final String ABSOLUTE = "fineprune/absolute";
    static final String LINEAR = "fineprune/linear";
    static final String SQUARED = "fineprune/squared";
    private static final String AXIS = "fineprune/axis";

    static TapGraph of(FrozenModel model, Network network, int batch) {
        FlatGraph graph = model.withBatch(batch);
        Shapes shapes = Shapes.of(graph);
        graph.add(Constants.integers(AXIS, new int[0], 1));
        List<String> absolute = new ArrayList<>();
        List<String> linear = new ArrayList<>();
        List<String> squared = new ArrayList<>();
        for (int i = 0; i < network.measured().size(); i++) {
            Network.Measured measured = network.measured().get(i);
            String name = "fineprune/tap" + i;
            int positions = Math.toIntExact(shapes.of(measured.tensor()).size() / ((long) batch * measured.width()));
            int[] shape = {batch, positions, measured.width()};
            String flat = reshape(graph, name, batchFirst(graph, shapes, measured, name), shape);
            boolean notNegative = Operations.NOT_NEGATIVE.contains(
                    graph.node(measured.tensor().node()).getOp());
            String sum = sum(graph, name + "/linear", flat, shape);
            linear.add(sum);
            if (notNegative) {
                absolute.add(sum);
            } else {
                String magnitude = unary(graph, "Abs", name + "/abs", flat);
                absolute.add(sum(graph, name + "/absolute", magnitude, shape));
            }
            squared.add(sum(graph, name + "/squared", unary(graph, "Square", name + "/square", flat), shape));
        }
        join(graph, ABSOLUTE, absolute);
        join(graph, LINEAR, linear);
        join(graph, SQUARED, squared);
        return new TapGraph(graph.toGraphDef());
    }

    /** Returns the tensor with the events in its first dimension, transposed if they are in another. */
    private static String batchFirst(FlatGraph graph, Shapes shapes, Network.Measured measured, String name) {
        if (measured.batchAxis() == 0) {
            return measured.tensor().toString();
        }
        int rank = shapes.of(measured.tensor()).numDimensions();
        int[] order = new int[rank];
        order[0] = measured.batchAxis();
        for (int d = 0, next = 1; d < rank; d++) {
            if (d != measured.batchAxis()) {
                order[next++] = d;
            }
        }
        graph.add(Constants.integers(name + "/order", new int[] {rank}, order));
        graph.add(NodeBuilder.ofFloat("Transpose", name + "/batch-first")
                .input(measured.tensor())
                .input(name + "/order")
                .type("Tperm", DataType.DT_INT32)
                .build());
        return name + "/batch-first";
    }

    private static String reshape(FlatGraph graph, String name, String input, int... shape) {
        graph.add(Constants.integers(name + "/shape", new int[] {shape.length}, shape));
        graph.add(NodeBuilder.ofFloat("Reshape", name)
                .input(input)
                .input(name + "/shape")
                .type("Tshape", DataType.DT_INT32)
                .build());
        return name;
    }

    private static String unary(FlatGraph graph, String op, String name, String input) {
        graph.add(NodeBuilder.ofFloat(op, name).input(input).build());
        return name;
    }

    /** Adds up [batch, positions, width] to [batch, width]: a product with ones, which is faster here than Sum. */
    private static String sum(FlatGraph graph, String name, String input, int[] shape) {
        if (shape[1] == 1) {
            return reshape(graph, name, input, shape[0], shape[2]);
        }
        String ones = "fineprune/ones" + shape[1];
        if (graph.find(ones).isEmpty()) {
            float[] values = new float[shape[0] * shape[1]];
            Arrays.fill(values, 1);
            graph.add(Constants.floats(ones, new int[] {shape[0], 1, shape[1]}, values));
        }
        graph.add(NodeBuilder.ofFloat("BatchMatMulV2", name + "/product")
                .input(ones)
                .input(input)
                .build());
        return reshape(graph, name, name + "/product", shape[0], shape[2]);
    }

    private static void join(FlatGraph graph, String name, List<String> parts) {
        if (parts.size() == 1) {
            graph.add(NodeBuilder.ofFloat("Identity", name).input(parts.get(0)).build());
            return;
        }
        NodeBuilder concat = NodeBuilder.ofFloat("ConcatV2", name);
        parts.forEach(concat::input);
        graph.add(concat.input(AXIS)
                .number("N", parts.size())
                .type("Tidx", DataType.DT_INT32)
                .build());
    }

    static TensorRef[] outputs() {
        return new TensorRef[] {TensorRef.of(ABSOLUTE), TensorRef.of(LINEAR), TensorRef.of(SQUARED)};
    }
}
