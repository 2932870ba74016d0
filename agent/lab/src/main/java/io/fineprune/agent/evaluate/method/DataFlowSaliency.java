package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.repair.LayerParameters;
import java.util.Arrays;

/**
 * A data-free saliency of coupled channels after DFPC (Narshana, Murti and Bhattacharyya 2023): how far the outputs of the layers
 * that read a channel can move when it is removed, bounded through the absolute weights on the way. With u = 1 at the model's
 * inputs, the bound of a node is u_n = sum |w_in| u_i + |b_n|, scaled to mean 1 in each layer, which changes no order within it;
 * a unit's saliency is the sum over its readers of u times the L1 norm of the weights that read it.
 *
 * <p>Simplified against the original: the bound is followed through the layers that read the channel directly, not through whole
 * data-flow couplings; a kernel's positions are added rather than unrolled, and channels are removed at once instead of one after
 * the other with scores renewed. Activation functions are taken to be 1-Lipschitz with f(0) = 0, as there.
 */
final class DataFlowSaliency {
    private DataFlowSaliency() {}

    static double[] of(EvaluatedModel bench) {
        Architecture architecture = bench.architecture();
        double[] bounds = new double[architecture.taps()];
        Arrays.fill(bounds, 1);
        double[] saliency = new double[architecture.units()];
        for (int l = 0; l < architecture.layers().size(); l++) {
            Layer layer = architecture.layers().get(l);
            LayerParameters parameters = bench.layerwise().source(l);
            boolean depthwise = layer.kind() == LayerKind.DEPTHWISE;
            int multiplier = Math.max(1, layer.nodes() / layer.inputs());
            double[] nodes = new double[layer.nodes()];
            for (int n = 0; n < nodes.length; n++) {
                nodes[n] = Math.abs(parameters.biases()[n]);
            }
            float[] weights = parameters.weights();
            for (int w = 0; w < weights.length; w++) {
                int node = w % layer.nodes();
                int input = depthwise ? node / multiplier : w / layer.nodes() % layer.inputs();
                double flow = Math.abs(weights[w]) * bounds[layer.inputTap(input)];
                nodes[node] += flow;
                int unit = layer.inputUnit(input);
                if (unit >= 0 && !(depthwise && layer.outputUnit(node) == unit)) {
                    saliency[unit] += flow;
                }
            }
            double mean = Arrays.stream(nodes).sum() / nodes.length;
            for (int n = 0; n < nodes.length; n++) {
                bounds[layer.firstTap() + n] = mean > 0 ? nodes[n] / mean : 0;
            }
        }
        return saliency;
    }
}
