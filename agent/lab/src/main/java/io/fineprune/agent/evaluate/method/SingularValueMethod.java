package io.fineprune.agent.evaluate.method;

import io.fineprune.agent.tensorflow.train.FineTuner;
import io.fineprune.agent.tensorflow.train.LayerForm;
import io.fineprune.agent.tensorflow.train.LayerForm.LowRank;
import io.fineprune.agent.tensorflow.train.Loss;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.LayerParameters;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Low-rank decomposition (Xue, Li, Yu, Seltzer and Gong 2014): each kernel, as a matrix [kernelSize x inputs, nodes], becomes the
 * product of two of the rank r with which they have (1 - sparsity) of its numbers, by truncated singular values: A = U N, where U
 * holds the r singular vectors and N = S V'. With a learning rate both factors, the biases and the layers that stay whole are then
 * tuned with the user's labels, as in the paper. The output layer and depthwise layers stay whole.
 *
 * @param learningRate of the tuning; empty: none
 */
record SingularValueMethod(String name, OptionalDouble learningRate) implements AdaptationMethod {
    @Override
    public String description() {
        return "truncated singular values of every kernel, to a rank that matches the sparsity"
                + (learningRate.isPresent()
                        ? ", then fine-tuning of the factors with labels: Adam, batches of 64, 10 epochs, learning rate "
                                + learningRate.getAsDouble()
                        : "");
    }

    @Override
    public boolean usesEvents() {
        return usesLabels();
    }

    @Override
    public boolean usesLabels() {
        return learningRate.isPresent();
    }

    @Override
    public String memory() {
        return "O(N sum min(n_i n_(i-1)^2, n_i^2 n_(i-1)))";
    }

    @Override
    public Adapted adapt(Bench bench, UserStream stream, double sparsity) throws UnusableEventException {
        Decomposed decomposed = bench.remember("svd " + sparsity, () -> decompose(bench, sparsity));
        if (learningRate.isEmpty()) {
            Map<Integer, LayerParameters> parameters = new HashMap<>();
            decomposed.factors().forEach((index, factors) -> parameters.put(index, factors.parameters()));
            return Adapted.of(parameters, decomposed.removed(), bench.costs().singularValues());
        }
        Map<Integer, LayerForm> forms = LayerForm.whole(bench.source());
        forms.putAll(decomposed.factors());
        FineTuner.Settings settings = new FineTuner.Settings(
                BackpropagationMethod.EPOCHS, BackpropagationMethod.BATCH, learningRate.getAsDouble(), stream.seed());
        try (FineTuner tuner = bench.tuner(forms, Loss.CROSS_ENTROPY)) {
            return Adapted.of(
                    tuner.tune(stream.inputs(), stream.labels(), settings),
                    decomposed.removed(),
                    bench.costs()
                            .singularValues()
                            .then(bench.costs()
                                    .backpropagation(stream.events(), settings.epochs(), settings.batchSize())));
        }
    }

    /** Factors by the layer's index; absent layers stay whole. */
    private record Decomposed(Map<Integer, LowRank> factors, Shares removed) {}

    private static Decomposed decompose(Bench bench, double sparsity) {
        Map<Integer, LowRank> factors = new HashMap<>();
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
                factors.put(l, truncated(bench, l, source, rank));
                numbers = rank * (rows + layer.nodes());
            }
            weights += layer.weights() - numbers;
            macs += (layer.weights() - numbers) * layer.positions();
            allWeights += layer.weights();
            allMacs += layer.weights() * layer.positions();
        }
        return new Decomposed(factors, new Shares(0, (double) weights / allWeights, (double) macs / allMacs));
    }

    /** The rank at which two factors have so much fewer numbers; at least 1. The full one if none is to be saved. */
    static int rank(long rows, long columns, double sparsity) {
        if (sparsity <= 0) {
            return (int) Math.min(rows, columns);
        }
        return (int) Math.max(1, Math.floor((1 - sparsity) * rows * columns / (rows + columns)));
    }

    private static LowRank truncated(Bench bench, int index, LayerParameters source, int rank) {
        int columns = source.biases().length;
        RealMatrix matrix = new Array2DRowRealMatrix(source.weights().length / columns, columns);
        for (int w = 0; w < source.weights().length; w++) {
            matrix.setEntry(w / columns, w % columns, source.weights()[w]);
        }
        return truncated(matrix, bench.remember("vectors " + index, () -> vectors(matrix)), source.biases(), rank);
    }

    /** The eigenvectors of A'A, or of AA' where that is smaller, those of the largest eigenvalues first. */
    static RealMatrix vectors(RealMatrix matrix) {
        RealMatrix tall = wide(matrix) ? matrix.transpose() : matrix;
        return new EigenDecomposition(tall.transpose().multiply(tall)).getV();
    }

    static LowRank truncated(RealMatrix matrix, RealMatrix vectors, float[] biases, int rank) {
        RealMatrix largest = vectors.getSubMatrix(0, vectors.getRowDimension() - 1, 0, rank - 1);
        if (wide(matrix)) {
            return lowRank(largest, largest.transpose().multiply(matrix), biases);
        }
        RealMatrix left = matrix.multiply(largest);
        RealMatrix right = largest.transpose();
        for (int r = 0; r < rank; r++) {
            double value = left.getColumnVector(r).getNorm();
            if (value > 0) {
                left.setColumnVector(r, left.getColumnVector(r).mapDivide(value));
                right.setRowVector(r, right.getRowVector(r).mapMultiply(value));
            }
        }
        return lowRank(left, right, biases);
    }

    private static boolean wide(RealMatrix matrix) {
        return matrix.getColumnDimension() > matrix.getRowDimension();
    }

    private static LowRank lowRank(RealMatrix left, RealMatrix right, float[] biases) {
        return new LowRank(numbers(left), numbers(right), left.getColumnDimension(), biases);
    }

    private static float[] numbers(RealMatrix matrix) {
        int columns = matrix.getColumnDimension();
        float[] numbers = new float[matrix.getRowDimension() * columns];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) matrix.getEntry(i / columns, i % columns);
        }
        return numbers;
    }
}
