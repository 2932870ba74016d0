package io.fineprune.topology.repair;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The share of each class among a user's events, estimated without labels from the source model's posteriors by
 * expectation maximisation (Saerens, Latinne and Decaestecker 2002): pi is the mean of the posteriors reweighted by pi.
 *
 * <p>That alone gives a share to every class that a few events are mistaken for. Of a user who seems to meet less than half of
 * the classes the estimate is made sparse: classes that hold no more than an event or two are given up (the posterior mode
 * under a Dirichlet prior that favours few classes).
 */
public final class ClassPrior {
    private static final int ITERATIONS = 100;
    private static final double VANISHING = 0.1;
    private static final double MOST_EVENTS = 2;
    private static final double MOST_SHARE = 0.25;

    /** A user who meets at most this share of the classes meets few. */
    static final double FEW_CLASSES = 0.5;

    private ClassPrior() {}

    /**
     * Estimates the prior, sparse if the user seems to meet few classes: then in each round a class loses {@value
     * #MOST_EVENTS} events, or a quarter of what a class that is met has on average if that is less.
     *
     * @param posterior [events, classes], rows summing to 1 under a uniform prior
     * @return [classes], summing to 1
     */
    public static double[] estimate(float[] posterior, int events, int classes) {
        double[] dense = mostLikely(posterior, events, classes);
        double entropy = 0;
        for (double share : dense) {
            entropy -= share > 0 ? share * Math.log(share) : 0;
        }
        double met = Math.exp(entropy);
        if (met > FEW_CLASSES * classes) {
            return dense;
        }
        double[] sparse = iterate(posterior, events, dense.clone(), Math.min(MOST_EVENTS, MOST_SHARE * events / met));
        return Arrays.stream(sparse).sum() > 0 ? sparse : dense;
    }

    /**
     * The maximum-likelihood estimate, in which nearly every class keeps some share.
     *
     * @param posterior [events, classes], rows summing to 1 under a uniform prior
     * @return [classes], summing to 1
     */
    public static double[] mostLikely(float[] posterior, int events, int classes) {
        double[] prior = new double[classes];
        Arrays.fill(prior, 1.0 / classes);
        return iterate(posterior, events, prior, 0);
    }

    /** Changes the prior in place; each time a class loses so many events. All zero if none is left of any class. */
    private static double[] iterate(float[] posterior, int events, double[] prior, double lost) {
        int classes = prior.length;
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
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                next[c] = Math.max(0, next[c] - lost);
                sum += next[c];
            }
            for (int c = 0; c < classes; c++) {
                prior[c] = sum > 0 ? next[c] / sum : lost > 0 ? 0 : 1.0 / classes;
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

    /**
     * The classes of the events of a user who meets few of them, at least two and at most half: the source model's answers
     * weighted by the prior. There, what the model says of the other classes is noise, and its answers among those few are the
     * best labels to be had.
     *
     * @param posterior [events, classes] of the source model
     * @return [events]; empty for a user who meets one class or many
     */
    public static Optional<int[]> labelsOfFew(float[] posterior, int events, int classes) {
        double[] prior = estimate(posterior, events, classes);
        int present = present(prior).length;
        if (present < 2 || present > FEW_CLASSES * classes) {
            return Optional.empty();
        }
        float[] weighted = new float[posterior.length];
        for (int i = 0; i < weighted.length; i++) {
            weighted[i] = (float) (posterior[i] * prior[i % classes]);
        }
        return Optional.of(PseudoLabels.mostLikely(weighted, events, classes));
    }
}
