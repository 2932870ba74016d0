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
        graph.add(Constants.integers(AXIS, new int[] {1}, 1));
        graph.add(Constants.integers(AXIS + "/last", new int[0], 1));
        List<String> absolute = new ArrayList<>();
        List<String> linear = new ArrayList<>();
        List<String> squared = new ArrayList<>();
        for (int i = 0; i < network.measured().size(); i++) {
            Network.Measured measured = network.measured().get(i);
            String name = "fineprune/tap" + i;
            String flat = flatten(graph, shapes, measured, batch, name);
            boolean single = shapes.of(measured.tensor()).size() == (long) batch * measured.width();
            boolean notNegative = Operations.NOT_NEGATIVE.contains(
                    graph.node(measured.tensor().node()).getOp());
            String sum = sum(graph, name + "/linear", flat, single);
            linear.add(sum);
            if (notNegative) {
                absolute.add(sum);
            } else {
                String magnitude = unary(graph, "Abs", name + "/abs", flat);
                absolute.add(sum(graph, name + "/absolute", magnitude, single));
            }
            squared.add(sum(graph, name + "/squared", unary(graph, "Square", name + "/square", flat), single));
        }
        join(graph, ABSOLUTE, absolute);
        join(graph, LINEAR, linear);
        join(graph, SQUARED, squared);
        return new TapGraph(graph.toGraphDef());
    }

    /** [batch, positions, width], or [batch, width] when there is one position. */
    private static String flatten(FlatGraph graph, Shapes shapes, Network.Measured measured, int batch, String name) {
        long size = shapes.of(measured.tensor()).size();
        int positions = Math.toIntExact(size / ((long) batch * measured.width()));
        int[] shape =
                positions == 1 ? new int[] {batch, measured.width()} : new int[] {batch, positions, measured.width()};
        graph.add(Constants.integers(name + "/shape", new int[] {shape.length}, shape));
        graph.add(NodeBuilder.ofFloat("Reshape", name)
                .input(measured.tensor())
                .input(name + "/shape")
                .type("Tshape", DataType.DT_INT32)
                .build());
        return name;
    }

    private static String unary(FlatGraph graph, String op, String name, String input) {
        graph.add(NodeBuilder.ofFloat(op, name).input(input).build());
        return name;
    }

    private static String sum(FlatGraph graph, String name, String input, boolean single) {
        if (single) {
            return input;
        }
        graph.add(NodeBuilder.ofFloat("Sum", name)
                .input(input)
                .input(AXIS)
                .type("Tidx", DataType.DT_INT32)
                .flag("keep_dims", false)
                .build());
        return name;
    }

    private static void join(FlatGraph graph, String name, List<String> parts) {
        if (parts.size() == 1) {
            graph.add(NodeBuilder.ofFloat("Identity", name).input(parts.get(0)).build());
            return;
        }
        NodeBuilder concat = NodeBuilder.ofFloat("ConcatV2", name);
        parts.forEach(concat::input);
        graph.add(concat.input(AXIS + "/last")
                .number("N", parts.size())
                .type("Tidx", DataType.DT_INT32)
                .build());
    }

    static TensorRef[] outputs() {
        return new TensorRef[] {TensorRef.of(ABSOLUTE), TensorRef.of(LINEAR), TensorRef.of(SQUARED)};
    }
}
