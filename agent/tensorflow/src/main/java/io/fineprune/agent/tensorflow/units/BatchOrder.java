package io.fineprune.agent.tensorflow.units;

import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.Shapes;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.NodeDef;

/**
 * Tells along which dimension of each tensor the events of a batch lie: the one that grows with the batch. A dimension in which
 * events and positions are merged counts as the first if an event's positions lie next to each other.
 */
final class BatchOrder {
    private static final int EVENTS = 3;

    private static final int NONE = -1;
    private static final int MIXED = -2;

    private final Map<TensorRef, Integer> axes = new HashMap<>();
    private final boolean single;

    private BatchOrder(boolean single) {
        this.single = single;
    }

    static BatchOrder of(FrozenModel model) {
        BatchOrder order = new BatchOrder(model.fixedBatch().isPresent());
        if (order.single) {
            return order;
        }
        FlatGraph graph = model.withBatch(1);
        Shapes one = Shapes.of(graph);
        Shapes several = Shapes.of(model.withBatch(EVENTS));
        for (NodeDef node : graph.ordered(List.of(model.posterior()))) {
            TensorRef out = TensorRef.of(node.getName());
            while (!one.of(out).isUnknown()) {
                order.axes.put(out, order.find(node, one.of(out), several.of(out)));
                out = new TensorRef(node.getName(), out.index() + 1);
            }
        }
        return order;
    }

    /** The dimension of a tensor's events; empty if they are mixed up with positions. */
    Optional<Integer> axis(TensorRef tensor) {
        int axis = single ? 0 : axes.getOrDefault(tensor, MIXED);
        return axis >= 0 ? Optional.of(axis) : Optional.empty();
    }

    private int find(NodeDef node, Shape one, Shape several) {
        if (several.isUnknown() || one.numDimensions() != several.numDimensions()) {
            return MIXED;
        }
        int grows = NONE;
        for (int d = 0; d < one.numDimensions(); d++) {
            if (one.get(d) != several.get(d)) {
                if (grows != NONE || several.get(d) != EVENTS * one.get(d)) {
                    return MIXED;
                }
                grows = d;
            }
        }
        if (grows == NONE || one.get(grows) == 1) {
            return grows;
        }
        boolean inOrder = grows == 0
                && !node.getOp().startsWith("SpaceToBatch")
                && !node.getOp().equals("Transpose");
        for (String input : node.getInputList()) {
            int axis = axes.getOrDefault(TensorRef.parse(input), MIXED);
            inOrder &= axis == 0 || axis == NONE;
        }
        return inOrder ? 0 : MIXED;
    }
}
