package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.repair.LayerParameters;

/**
 * DepGraph's criterion (Fang et al. 2023): the L2 norm over all parameters that disappear with a unit: the rows and biases of
 * every layer that yields its channel, and the columns of every layer that reads it. Their sparse training beforehand is not
 * done, since the source model is given.
 */
final class GroupNorm {
    private GroupNorm() {}

    static double[] of(EvaluatedModel bench) {
        Architecture architecture = bench.architecture();
        double[] squares = new double[architecture.units()];
        for (int l = 0; l < architecture.layers().size(); l++) {
            Layer layer = architecture.layers().get(l);
            LayerParameters parameters = bench.layerwise().source(l);
            boolean depthwise = layer.kind() == LayerKind.DEPTHWISE;
            float[] weights = parameters.weights();
            for (int w = 0; w < weights.length; w++) {
                int node = w % layer.nodes();
                int output = layer.outputUnit(node);
                double square = (double) weights[w] * weights[w];
                add(squares, output, square);
                int input = depthwise ? output : layer.inputUnit(w / layer.nodes() % layer.inputs());
                if (input != output) {
                    add(squares, input, square);
                }
            }
            for (int n = 0; n < layer.nodes(); n++) {
                add(
                        squares,
                        layer.outputUnit(n),
                        (double) parameters.biases()[n] * parameters.biases()[n]);
            }
        }
        for (int u = 0; u < squares.length; u++) {
            squares[u] = Math.sqrt(squares[u]);
        }
        return squares;
    }

    private static void add(double[] squares, int unit, double square) {
        if (unit >= 0) {
            squares[unit] += square;
        }
    }
}
