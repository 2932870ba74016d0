package io.fineprune.agent.tensorflow.compact;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.Operations;
import io.fineprune.agent.tensorflow.graph.Shapes;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import io.fineprune.agent.tensorflow.units.LayerNode;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.topology.activation.LayerKind;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/**
 * Takes the channels of units that nobody reads out of a masked graph: kernels, biases and every constant along them become
 * smaller, and what remains computes the same. Leaves no mask and no zero channel behind.
 */
public final class Compactor {
    private final Network network;
    private final FlatGraph source;
    private final FlatGraph target;
    private final NewConstants constants;
    private final Shapes shapes;
    private final BitSet removed;
    private final Map<String, LayerNode> layers;

    private Compactor(FrozenModel model, Network network, BitSet removed) {
        this.network = network;
        this.source = FlatGraph.of(model.graph());
        this.target = FlatGraph.of(model.graph());
        this.constants = new NewConstants(target);
        this.shapes = Shapes.of(model.withBatch(model.fixedBatch().orElse(1)));
        this.removed = removed;
        this.layers = network.nodes().stream().collect(Collectors.toMap(LayerNode::name, Function.identity()));
    }

    /**
     * Makes the smaller graph; the same model if there is nothing to take out.
     *
     * @param masked from {@link MaskedGraph}
     */
    public static FrozenModel compact(FrozenModel masked) {
        Network network = Network.of(masked);
        BitSet removed = DeadUnits.of(FlatGraph.of(masked.graph()), network);
        if (removed.isEmpty()) {
            return masked;
        }
        Compactor compactor = new Compactor(masked, network, removed);
        for (NodeDef node : compactor.source.nodes()) {
            compactor.shrink(node);
        }
        compactor.target.prune(List.of(masked.posterior()));
        return masked.with(compactor.target.toGraphDef());
    }

    private void shrink(NodeDef node) {
        LayerNode layer = layers.get(node.getName());
        String op = node.getOp();
        boolean[] out = kept(TensorRef.of(node.getName()));
        if (layer != null) {
            kernel(layer, out);
        } else if (op.startsWith("BiasAdd") || Operations.BINARY.contains(op) || op.equals("AddN")) {
            for (int i = 0; i < node.getInputCount(); i++) {
                if (Constants.isConstant(source.input(node, i))) {
                    alongChannels(node, i, out);
                }
            }
        } else if (op.equals("Reshape")) {
            reshape(node, out);
        } else if (op.equals("Squeeze")) {
            squeeze(node);
        }
    }

    /** Tells for each channel of a tensor whether it is kept; all are where the tensor has no units. */
    private boolean[] kept(TensorRef tensor) {
        int[] units = network.units(tensor);
        boolean[] kept = new boolean[units.length];
        for (int i = 0; i < units.length; i++) {
            kept[i] = units[i] < 0 || !removed.get(units[i]);
        }
        return kept;
    }

    private void kernel(LayerNode layer, boolean[] out) {
        boolean[] in = kept(layer.input());
        NodeDef kernel = source.node(layer.kernel());
        int[] shape = layer.kernelShape();
        boolean[] last = out;
        if (in.length != layer.inputs()) {
            return;
        }
        if (layer.kind() == LayerKind.DEPTHWISE) {
            last = new boolean[shape[shape.length - 1]];
            java.util.Arrays.fill(last, true);
        }
        Slices.Sliced sliced = Slices.lastTwo(Constants.floats(kernel), shape, in, last);
        replace(source.node(layer.name()), 1, sliced);
    }

    /** Shrinks a constant that differs from channel to channel. */
    private void alongChannels(NodeDef node, int input, boolean[] out) {
        NodeDef constant = source.input(node, input);
        int[] shape = Constants.shape(constant);
        if (shape.length > 0 && shape[shape.length - 1] == out.length && out.length > 1) {
            replace(node, input, Slices.last(Constants.floats(constant), shape, out));
        }
    }

    private void replace(NodeDef node, int input, Slices.Sliced sliced) {
        String name = constants.add(
                source.input(node, input).getName(),
                node.getName() + (input == 1 ? "/compact" : "/compact" + input),
                sliced.shape(),
                sliced.values());
        target.put(target.node(node.getName()).toBuilder().setInput(input, name).build());
    }

    private void reshape(NodeDef node, boolean[] out) {
        NodeDef constant = source.input(node, 1);
        int count = Slices.count(out);
        if (count == out.length || !Constants.isConstant(constant)) {
            return;
        }
        int[] shape = Constants.integers(constant);
        if (shape[shape.length - 1] >= 0) {
            shape[shape.length - 1] = count;
        }
        String name = target.freeName(node.getName() + "/shape/compact");
        target.add(Constants.integers(name, new int[] {shape.length}, shape));
        target.put(target.node(node.getName()).toBuilder()
                .setInput(1, name)
                .putAttr(
                        "Tshape",
                        AttrValue.newBuilder()
                                .setType(org.tensorflow.proto.DataType.DT_INT32)
                                .build())
                .build());
    }

    /** Makes a Squeeze name its dimensions, so that a channel dimension that has become 1 is kept. */
    private void squeeze(NodeDef node) {
        AttrValue dims = node.getAttrOrDefault("squeeze_dims", AttrValue.getDefaultInstance());
        Shape from = shapes.of(FlatGraph.inputRef(node, 0));
        if (dims.getList().getICount() > 0 || from.isUnknown()) {
            return;
        }
        AttrValue.ListValue.Builder ones = AttrValue.ListValue.newBuilder();
        for (int d = 1; d < from.numDimensions(); d++) {
            if (from.get(d) == 1) {
                ones.addI(d);
            }
        }
        target.put(target.node(node.getName()).toBuilder()
                .putAttr("squeeze_dims", AttrValue.newBuilder().setList(ones).build())
                .build());
    }
}
