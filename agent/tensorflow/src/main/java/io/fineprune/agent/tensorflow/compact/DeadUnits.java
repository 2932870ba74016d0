package io.fineprune.agent.tensorflow.compact;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import java.util.BitSet;

/** Finds units that every layer reads with zero weights. */
final class DeadUnits {
    private DeadUnits() {}

    /** Units that can be taken out; of each layer at least one node is left. */
    static BitSet of(FlatGraph graph, Network network) {
        BitSet read = new BitSet();
        BitSet used = new BitSet();
        for (int l = 0; l < network.layers().size(); l++) {
            Layer layer = network.layers().get(l);
            if (layer.kind() != LayerKind.DEPTHWISE) {
                float[] weights =
                        Constants.floats(graph.node(network.nodes().get(l).kernel()));
                look(layer, weights, read, used);
            }
        }
        BitSet dead = (BitSet) read.clone();
        dead.andNot(used);
        for (Layer layer : network.layers()) {
            leaveOne(layer, dead);
        }
        return dead;
    }

    private static void look(Layer layer, float[] weights, BitSet read, BitSet used) {
        for (int i = 0; i < layer.inputs(); i++) {
            if (layer.inputUnit(i) >= 0) {
                read.set(layer.inputUnit(i));
            }
        }
        for (int i = 0; i < weights.length; i++) {
            int unit = layer.inputUnit(i / layer.nodes() % layer.inputs());
            if (unit >= 0 && weights[i] != 0) {
                used.set(unit);
            }
        }
    }

    private static void leaveOne(Layer layer, BitSet dead) {
        for (int n = 0; n < layer.nodes(); n++) {
            if (layer.outputUnit(n) < 0 || !dead.get(layer.outputUnit(n))) {
                return;
            }
        }
        dead.clear(layer.outputUnit(0));
    }
}
