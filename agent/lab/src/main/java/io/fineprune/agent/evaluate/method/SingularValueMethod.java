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
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

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
    public Adapted adapt(EvaluatedModel bench, UserStream stream, double sparsity) throws UnusableEventException {
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

    private static Decomposed decompose(EvaluatedModel bench, double sparsity) {
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

    private static LowRank truncated(EvaluatedModel bench, int index, LayerParameters source, int rank) {
        int columns = source.biases().length;
        int rows = source.weights().length / columns;
        return bench.remember("factors " + index, () -> Factors.of(source.weights(), rows, columns))
                .truncated(rank, source.biases());
    }

    /**
     * Singular value decomposition A = U S V' of a matrix, the largest singular value first.
     *
     * @param left U, [rows, k] with k = min(rows, columns)
     * @param right S V', [k, columns]
     */
    record Factors(DMatrixRMaj left, DMatrixRMaj right) {
        /**
         * Decomposes a matrix.
         *
         * @param numbers [rows x columns], row by row
         * @throws IllegalArgumentException if the decomposition does not converge, as with values that are not finite
         */
        static Factors of(float[] numbers, int rows, int columns) {
            DMatrixRMaj matrix = new DMatrixRMaj(rows, columns);
            for (int i = 0; i < numbers.length; i++) {
                matrix.data[i] = numbers[i];
            }
            SingularValueDecomposition_F64<DMatrixRMaj> svd =
                    DecompositionFactory_DDRM.svd(rows, columns, true, true, true);
            if (!svd.decompose(matrix)) {
                throw new IllegalArgumentException("Expected a matrix of finite numbers to decompose into singular"
                        + " values, but the decomposition of one of " + rows + " x " + columns + " did not converge");
            }
            DMatrixRMaj left = svd.getU(null, false);
            DMatrixRMaj values = svd.getW(null);
            DMatrixRMaj right = svd.getV(null, true);
            SingularOps_DDRM.descendingOrder(left, false, values, right, true);
            DMatrixRMaj scaled = new DMatrixRMaj(values.numRows, columns);
            CommonOps_DDRM.mult(values, right, scaled);
            return new Factors(left, scaled);
        }

        /** The product of rank {@code rank} that is nearest to the matrix (Eckart and Young 1936). */
        LowRank truncated(int rank, float[] biases) {
            DMatrixRMaj first = CommonOps_DDRM.extract(left, 0, left.numRows, 0, rank);
            DMatrixRMaj second = CommonOps_DDRM.extract(right, 0, rank, 0, right.numCols);
            return new LowRank(floats(first), floats(second), rank, biases);
        }

        private static float[] floats(DMatrixRMaj matrix) {
            float[] numbers = new float[matrix.getNumElements()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (float) matrix.data[i];
            }
            return numbers;
        }
    }
}
