package io.fineprune.topology.repair;

/**
 * Mean and deviation of a layer's pre-activations over events and positions. Shared arrays, never written to.
 *
 * @param mean [nodes]
 * @param deviation [nodes], at least 0
 */
public record NodeMoments(double[] mean, double[] deviation) {
    public NodeMoments {
        if (mean.length != deviation.length) {
            throw new IllegalArgumentException(
                    "Expected %d deviations, but was %d".formatted(mean.length, deviation.length));
        }
    }

    public int nodes() {
        return mean.length;
    }

    /** Computes the moments from sums of z and of z squared over {@code rows} rows (events times positions). */
    public static NodeMoments ofSums(double[] sum, double[] squares, long rows) {
        double[] mean = new double[sum.length];
        double[] deviation = new double[sum.length];
        for (int n = 0; n < sum.length; n++) {
            mean[n] = sum[n] / rows;
            deviation[n] = Math.sqrt(Math.max(0, squares[n] / rows - mean[n] * mean[n]));
        }
        return new NodeMoments(mean, deviation);
    }
}
