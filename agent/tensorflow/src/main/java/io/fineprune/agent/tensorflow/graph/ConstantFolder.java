package io.fineprune.agent.tensorflow.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** Computes tensors that depend on constants only, and replaces them by constants. */
final class ConstantFolder {
    private static final long MAX_BYTES = 1L << 30;

    private ConstantFolder() {}

    /** Replaces each tensor that can be computed now and is read by a node that cannot. */
    static void fold(FlatGraph graph, List<TensorRef> outputs) {
        Set<String> constant = new HashSet<>();
        Set<TensorRef> wanted = new LinkedHashSet<>();
        for (NodeDef node : graph.ordered(outputs)) {
            boolean foldable = Constants.isConstant(node)
                    || (node.getInputCount() > 0
                            && !Operations.RANDOM.contains(node.getOp())
                            && node.getInputList().stream()
                                    .allMatch(input -> constant.contains(
                                            TensorRef.parse(input).node())));
            if (foldable) {
                constant.add(node.getName());
            } else {
                for (String input : node.getInputList()) {
                    TensorRef tensor = TensorRef.parse(input);
                    if (constant.contains(tensor.node()) && !Constants.isConstant(graph.node(tensor.node()))) {
                        wanted.add(tensor);
                    }
                }
            }
        }
        if (!wanted.isEmpty()) {
            compute(graph, wanted);
            graph.prune(outputs);
        }
    }

    private static void compute(FlatGraph graph, Set<TensorRef> wanted) {
        FlatGraph part = FlatGraph.of(graph.toGraphDef());
        part.prune(wanted);
        checkSizes(part);
        List<TensorRef> order = new ArrayList<>(wanted);
        Map<TensorRef, TensorRef> folded = new HashMap<>();
        List<NodeDef> values = Sessions.with(part.toGraphDef(), session -> run(session, order));
        for (int i = 0; i < order.size(); i++) {
            String name = graph.freeName(order.get(i).node() + "/folded");
            graph.add(values.get(i).toBuilder().setName(name).build());
            folded.put(order.get(i), TensorRef.of(name));
        }
        graph.redirect(folded);
    }

    private static List<NodeDef> run(Session session, List<TensorRef> wanted) {
        Session.Runner runner = session.runner();
        wanted.forEach(tensor -> runner.fetch(tensor.node(), tensor.index()));
        List<NodeDef> values = new ArrayList<>();
        try (Result result = runner.run()) {
            for (int i = 0; i < wanted.size(); i++) {
                if (result.get(i).dataType() == DataType.DT_STRING) {
                    throw new UnsupportedModelException("Unsupported text in node %s; export the model without it"
                            .formatted(wanted.get(i).node()));
                }
                values.add(Tensors.constant("value", result.get(i)));
            }
        } catch (org.tensorflow.exceptions.TensorFlowException e) {
            throw new InvalidModelException(
                    "Expected constants that can be computed, but TensorFlow says: " + e.getMessage(), e);
        }
        return values;
    }

    private static void checkSizes(FlatGraph part) {
        Shapes shapes = Shapes.of(part);
        double bytes = 0;
        for (NodeDef node : part.nodes()) {
            Shape shape = shapes.of(TensorRef.of(node.getName()));
            if (shape.isUnknown() || shape.hasUnknownDimension()) {
                throw UnsupportedModelException.operation(
                        node.getOp(),
                        node.getName(),
                        "the size of what it computes from constants is not known beforehand; export with fixed shapes");
            }
            double size = 8;
            for (long dimension : shape.asArray()) {
                size *= dimension;
            }
            bytes += size;
            if (bytes > MAX_BYTES) {
                throw new InvalidModelException(
                        "Expected constants of at most %d bytes, found more at node %s (%s, shape %s); give a smaller model"
                                .formatted(MAX_BYTES, node.getName(), node.getOp(), shape));
            }
        }
    }
}
