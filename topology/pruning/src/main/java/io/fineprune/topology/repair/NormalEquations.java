package io.fineprune.topology.repair;

import java.util.Arrays;
import java.util.Optional;

/**
 * Data of the least-squares fit of one layer: second moments about the mean of the layer's inputs x (patches of a
 * convolution, unfolded) and of the targets z. Accumulates one batch after the other; not thread-safe.
 *
 * <p>The raw sums of a batch come in float, are taken about a common origin by the caller if they are large, and are added
 * in double.
 */
public final class NormalEquations {
    private static final double ROUNDING = 1e-6;
    private static final int MOST_ATTEMPTS = 16;

    private final int inputs;
    private final int targets;
    private final double[] inputProducts;
    private final double[] crossProducts;
    private final double[] inputSums;
    private final double[] targetSums;
    private long rows;

    /**
     * @param inputs unfolded inputs: kernel size times kept input channels
     * @param targets kept nodes
     */
    public NormalEquations(int inputs, int targets) {
        this.inputs = inputs;
        this.targets = targets;
        this.inputProducts = new double[Math.multiplyExact(inputs, inputs)];
        this.crossProducts = new double[Math.multiplyExact(inputs, targets)];
        this.inputSums = new double[inputs];
        this.targetSums = new double[targets];
    }

    /**
     * Adds the sums of one batch.
     *
     * @param batchRows rows in it: events times positions
     * @param products [inputs, inputs] sum of x x'
     * @param cross [inputs, targets] sum of x z'
     * @param inputSum [inputs] sum of x
     * @param targetSum [targets] sum of z
     */
    public void add(long batchRows, float[] products, float[] cross, float[] inputSum, float[] targetSum) {
        rows += batchRows;
        accumulate(inputProducts, products);
        accumulate(crossProducts, cross);
        accumulate(inputSums, inputSum);
        accumulate(targetSums, targetSum);
    }

    public int inputs() {
        return inputs;
    }

    public int targets() {
        return targets;
    }

    /**
     * The ridge regression of z on x that is pulled towards given weights W0 rather than towards zero:
     *
     * <pre>  W = (G + d I)^-1 (R + d W0),   b = mean(z) - mean(x) W,   d = lambda * mean diagonal of G</pre>
     *
     * with G and R the centred second moments. The bias is not penalised. Where the inputs hardly vary beside their mean,
     * rounding leaves a G that no covariance can be; then d grows tenfold until it can be solved, which ends at the old weights.
     *
     * @param weights [inputs, targets] the old weights W0
     * @param lambda at least 0; relative strength of the pull
     * @param biased whether the layer has a bias; without one the moments are taken about zero
     */
    public Fit fit(float[] weights, double lambda, boolean biased) {
        double[] system = new double[inputProducts.length];
        double[] right = new double[crossProducts.length];
        double trace = 0;
        double rawTrace = 0;
        for (int i = 0; i < inputs; i++) {
            double mean = biased ? inputSums[i] / rows : 0;
            for (int j = 0; j < inputs; j++) {
                system[i * inputs + j] = inputProducts[i * inputs + j] - mean * inputSums[j];
            }
            for (int t = 0; t < targets; t++) {
                right[i * targets + t] = crossProducts[i * targets + t] - mean * targetSums[t];
            }
            trace += system[i * inputs + i];
            rawTrace += inputProducts[i * inputs + i];
        }
        double ridge = lambda * Math.max(0, trace) / inputs + 1e-9 * rows;
        Optional<PositiveDefiniteSystem> solvable = PositiveDefiniteSystem.of(withRidge(system, ridge), inputs);
        for (int attempt = 0; solvable.isEmpty() && attempt < MOST_ATTEMPTS; attempt++) {
            ridge = Math.max(10 * ridge, ROUNDING * rawTrace / inputs);
            solvable = PositiveDefiniteSystem.of(withRidge(system, ridge), inputs);
        }
        for (int i = 0; i < right.length; i++) {
            right[i] += ridge * weights[i];
        }
        solvable.orElseThrow(() -> new ArithmeticException("Expected finite activations of a layer, but some are not"))
                .solve(right, targets);
        float[] solved = new float[right.length];
        float[] bias = new float[targets];
        for (int t = 0; t < targets; t++) {
            double b = biased ? targetSums[t] / rows : 0;
            for (int i = 0; i < inputs; i++) {
                solved[i * targets + t] = Float16.round((float) right[i * targets + t]);
                b -= biased ? inputSums[i] / rows * solved[i * targets + t] : 0;
            }
            bias[t] = (float) b;
        }
        return new Fit(solved, bias);
    }

    private double[] withRidge(double[] system, double ridge) {
        double[] sum = system.clone();
        for (int i = 0; i < inputs; i++) {
            sum[i * inputs + i] += ridge;
        }
        return sum;
    }

    /**
     * How much of the targets' variance weights explain, summed over the targets, per row.
     *
     * @param weights [inputs, targets]
     * @param biased whether the layer has a bias; without one the moments are taken about zero
     */
    public double explained(float[] weights, boolean biased) {
        double sum = 0;
        double[] row = new double[targets];
        for (int i = 0; i < inputs; i++) {
            double mean = biased ? inputSums[i] / rows : 0;
            Arrays.fill(row, 0);
            for (int j = 0; j < inputs; j++) {
                double product = inputProducts[i * inputs + j] - mean * inputSums[j];
                for (int t = 0; t < targets; t++) {
                    row[t] += product * weights[j * targets + t];
                }
            }
            for (int t = 0; t < targets; t++) {
                double cross = crossProducts[i * targets + t] - mean * targetSums[t];
                sum += weights[i * targets + t] * (2 * cross - row[t]);
            }
        }
        return sum / rows;
    }

    /**
     * A solved layer, its weights already rounded to what float16 can carry.
     *
     * @param weights [inputs, targets]
     * @param bias [targets]
     */
    public record Fit(float[] weights, float[] bias) {}

    private static void accumulate(double[] sums, float[] values) {
        if (values.length != sums.length) {
            throw new IllegalArgumentException("Expected %d sums, but was %d".formatted(sums.length, values.length));
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] += values[i];
        }
    }
}
