package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.repair.LayerParameters;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Low-rank decomposition: each kernel, as a matrix [kernelSize x inputs, nodes], becomes the product of two of the rank r with
 * which they have (1 - sparsity) of its numbers, by truncated singular values. The output layer and depthwise layers stay whole.
 * The best approximation of rank r is A V V', where V holds the eigenvectors of A'A with the r largest eigenvalues.
 */
record SingularValueMethod() implements AdaptationMethod {
    @Override
    public String name() {
        return "svd";
    }

    @Override
    public String description() {
        return "truncated singular values of every kernel, to a rank that matches the sparsity";
    }

    @Override
    public boolean usesEvents() {
        return false;
    }

    @Override
    public String memory() {
        return "O(N sum min(n_i n_(i-1)^2, n_i^2 n_(i-1)))";
    }

    @Override
    public Adapted adapt(Bench bench, UserStream stream, double sparsity) {
        return bench.remember("svd " + sparsity, () -> decompose(bench, sparsity));
    }

    private static Adapted decompose(Bench bench, double sparsity) {
        Map<Integer, LayerParameters> parameters = new HashMap<>();
        long weights = 0;
        long macs = 0;
        long allWeights = 0;
        long allMacs = 0;
        for (int l = 0; l < bench.architecture().layers().size(); l++) {
            Layer layer = bench.architecture().layers().get(l);
            LayerParameters source = bench.layerwise().source(l);
            long rows = layer.weights() / layer.nodes();
            int rank = rank(rows, layer.nodes(), sparsity);
            long numbers = layer.weights();
            if (layer.kind() != LayerKind.DEPTHWISE && layer.prunable() && rank < Math.min(rows, layer.nodes())) {
                parameters.put(l, truncated(bench, l, source, rank));
                numbers = rank * (rows + layer.nodes());
            }
            weights += layer.weights() - numbers;
            macs += (layer.weights() - numbers) * layer.positions();
            allWeights += layer.weights();
            allMacs += layer.weights() * layer.positions();
        }
        return Adapted.of(
                parameters,
                new Shares(0, (double) weights / allWeights, (double) macs / allMacs),
                bench.costs().singularValues());
    }

    /** The rank at which two factors have so much fewer numbers; at least 1. The full one if none is to be saved. */
    static int rank(long rows, long columns, double sparsity) {
        if (sparsity <= 0) {
            return (int) Math.min(rows, columns);
        }
        return (int) Math.max(1, Math.floor((1 - sparsity) * rows * columns / (rows + columns)));
    }

    private static LayerParameters truncated(Bench bench, int index, LayerParameters source, int rank) {
        int columns = source.biases().length;
        int rows = source.weights().length / columns;
        RealMatrix matrix = new Array2DRowRealMatrix(rows, columns);
        for (int w = 0; w < source.weights().length; w++) {
            matrix.setEntry(w / columns, w % columns, source.weights()[w]);
        }
        boolean wide = columns > rows;
        RealMatrix tall = wide ? matrix.transpose() : matrix;
        RealMatrix vectors = bench.remember(
                "vectors " + index,
                () -> new EigenDecomposition(tall.transpose().multiply(tall)).getV());
        RealMatrix largest = vectors.getSubMatrix(0, vectors.getRowDimension() - 1, 0, rank - 1);
        RealMatrix product = tall.multiply(largest).multiply(largest.transpose());
        RealMatrix approximated = wide ? product.transpose() : product;
        float[] weights = new float[source.weights().length];
        for (int w = 0; w < weights.length; w++) {
            weights[w] = (float) approximated.getEntry(w / columns, w % columns);
        }
        return new LayerParameters(weights, source.biases());
    }
}
