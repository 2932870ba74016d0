package io.fineprune.topology.repair;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The share of each class among a user's events, estimated without labels from the source model's posteriors by
 * expectation maximisation (Saerens, Latinne and Decaestecker 2002): pi is the mean of the posteriors reweighted by pi.
 */
public final class ClassPrior {
    private static final int ITERATIONS = 100;
    private static final double VANISHING = 0.1;

    private ClassPrior() {}

    /**
     * Estimates the prior.
     *
     * @param posterior [events, classes], rows summing to 1 under a uniform prior
     * @return [classes], summing to 1
     */
    public static double[] estimate(float[] posterior, int events, int classes) {
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

    /**
     * The classes that the user meets: those whose share is not vanishing beside an even one.
     *
     * @return rising; at least one
     */
    public static int[] present(double[] prior) {
        double threshold = VANISHING / prior.length;
        int[] present = IntStream.range(0, prior.length)
                .filter(c -> prior[c] >= threshold)
                .toArray();
        return present.length > 0 ? present : IntStream.range(0, prior.length).toArray();
    }
}
