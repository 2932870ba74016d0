package io.fineprune.topology.repair;

/**
 * Moments of a layer's pre-activations on the source data, for each class by itself, over events and positions. A user who meets
 * some of the classes is not expected to drive a node as all classes together did, but as that user's mixture of them would.
 * Shared arrays, never written to.
 *
 * @param mean [classes][nodes] mean of z
 * @param square [classes][nodes] mean of z squared
 */
public record ClassMoments(double[][] mean, double[][] square) {
    public ClassMoments {
        if (mean.length == 0 || mean.length != square.length) {
            throw new IllegalArgumentException(
                    "Expected as many means as squares of at least one class, but was %d and %d"
                            .formatted(mean.length, square.length));
        }
        for (int c = 0; c < mean.length; c++) {
            if (mean[c].length != mean[0].length || square[c].length != mean[0].length) {
                throw new IllegalArgumentException("Expected moments of %d nodes for class %d, but was %d and %d"
                        .formatted(mean[0].length, c, mean[c].length, square[c].length));
            }
        }
    }

    public int classes() {
        return mean.length;
    }

    public int nodes() {
        return mean[0].length;
    }

    /**
     * The moments of a mixture of the classes.
     *
     * @param shares [classes] of each class, summing to 1
     */
    public NodeMoments under(double[] shares) {
        double[] mixedMean = new double[nodes()];
        double[] deviation = new double[nodes()];
        for (int n = 0; n < mixedMean.length; n++) {
            double first = 0;
            double second = 0;
            for (int c = 0; c < shares.length; c++) {
                first += shares[c] * mean[c][n];
                second += shares[c] * square[c][n];
            }
            mixedMean[n] = first;
            deviation[n] = Math.sqrt(Math.max(0, second - first * first));
        }
        return new NodeMoments(mixedMean, deviation);
    }
}
