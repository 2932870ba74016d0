package io.fineprune.topology.labelling;

import java.util.Arrays;

/**
 * The share of each class among a user's events, estimated without labels from posteriors by expectation maximisation (Saerens,
 * Latinne and Decaestecker 2002): pi is the mean of the posteriors reweighted by pi.
 */
public final class ClassPrior {
    private static final int ITERATIONS = 100;

    private ClassPrior() {}

    /**
     * The maximum-likelihood estimate, in which nearly every class keeps some share.
     *
     * @param posterior [events, classes], rows summing to 1 under a uniform prior
     * @return [classes], summing to 1
     */
    public static double[] mostLikely(float[] posterior, int events, int classes) {
        double[] prior = new double[classes];
        Arrays.fill(prior, 1.0 / classes);
        double[] next = new double[classes];
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            Arrays.fill(next, 0);
            for (int e = 0; e < events; e++) {
                double total = 0;
                for (int c = 0; c < classes; c++) {
                    total += prior[c] * posterior[e * classes + c];
                }
                if (total > 0) {
                    for (int c = 0; c < classes; c++) {
                        next[c] += prior[c] * posterior[e * classes + c] / total;
                    }
                }
            }
            double sum = Arrays.stream(next).sum();
            for (int c = 0; c < classes; c++) {
                prior[c] = sum > 0 ? next[c] / sum : 1.0 / classes;
            }
        }
        return prior;
    }
}
