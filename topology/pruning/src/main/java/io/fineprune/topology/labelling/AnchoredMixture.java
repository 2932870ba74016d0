package io.fineprune.topology.labelling;

import io.fineprune.topology.repair.PositiveDefiniteSystem;
import java.util.Arrays;

/**
 * A mixture of normal distributions with one covariance, one for each class, fitted to a user's events by expectation
 * maximisation. The model's own posterior is the start and stays in force with a small weight, so that every component keeps
 * its class; the events' positions decide the rest. Deterministic annealing (Ueda and Nakano 1998) keeps early rounds
 * undecided, so that a class which the model confuses finds its events before they are taken.
 */
final class AnchoredMixture {
    private static final double[] INVERSE_TEMPERATURES = {0.1, 0.2, 0.4, 0.7, 1};
    private static final int ROUNDS = 8;
    private static final double ANCHOR = 0.2;
    private static final double SHRINKAGE = 0.3;
    private static final double FLOOR = 1e-3;
    private static final double PSEUDO_EVENTS = 2;

    private final double[][] points;
    private final int classes;
    private final double[][] anchor;
    private final double shares;
    private final double[][] belonging;

    /**
     * @param points [events, dimensions]
     * @param posterior [events, classes] of the model
     * @param shares how far the classes' estimated shares count, 0 (all classes alike) to 1
     */
    AnchoredMixture(double[][] points, double[][] posterior, double shares) {
        this.points = points;
        this.classes = posterior[0].length;
        this.shares = shares;
        this.anchor = new double[points.length][classes];
        this.belonging = new double[points.length][];
        for (int e = 0; e < points.length; e++) {
            belonging[e] = posterior[e].clone();
            for (int c = 0; c < classes; c++) {
                anchor[e][c] = ANCHOR * Math.log(posterior[e][c] + FLOOR);
            }
        }
    }

    /** Fits the mixture and returns the most likely class of each event. */
    int[] labels() {
        for (double inverse : INVERSE_TEMPERATURES) {
            for (int round = 0; round < ROUNDS; round++) {
                step(inverse);
            }
        }
        int[] labels = new int[points.length];
        for (int e = 0; e < labels.length; e++) {
            for (int c = 1; c < classes; c++) {
                if (belonging[e][c] > belonging[e][labels[e]]) {
                    labels[e] = c;
                }
            }
        }
        return labels;
    }

    private void step(double inverseTemperature) {
        int events = points.length;
        int dimensions = points[0].length;
        double[] counts = new double[classes];
        double[][] means = new double[classes][dimensions];
        double[] covariance = new double[dimensions * dimensions];
        for (int e = 0; e < events; e++) {
            for (int c = 0; c < classes; c++) {
                counts[c] += belonging[e][c];
                for (int d = 0; d < dimensions; d++) {
                    means[c][d] += belonging[e][c] * points[e][d];
                }
            }
            add(covariance, points[e], 1.0 / events);
        }
        for (int c = 0; c < classes; c++) {
            for (int d = 0; d < dimensions; d++) {
                means[c][d] /= Math.max(1e-9, counts[c]);
            }
            add(covariance, means[c], -counts[c] / events);
        }
        shrink(covariance, dimensions);
        double[] directions = new double[dimensions * classes];
        for (int c = 0; c < classes; c++) {
            for (int d = 0; d < dimensions; d++) {
                directions[d * classes + c] = means[c][d];
            }
        }
        new PositiveDefiniteSystem(covariance, dimensions).solve(directions, classes);
        double[] offsets = new double[classes];
        double[] logShares = new double[classes];
        for (int c = 0; c < classes; c++) {
            for (int d = 0; d < dimensions; d++) {
                offsets[c] -= means[c][d] * directions[d * classes + c] / 2;
            }
            logShares[c] = shares * Math.log((counts[c] + PSEUDO_EVENTS) / (events + PSEUDO_EVENTS * classes));
        }
        for (int e = 0; e < events; e++) {
            double[] scores = offsets.clone();
            for (int d = 0; d < dimensions; d++) {
                for (int c = 0; c < classes; c++) {
                    scores[c] += points[e][d] * directions[d * classes + c];
                }
            }
            for (int c = 0; c < classes; c++) {
                scores[c] = counts[c] < 1e-6
                        ? Double.NEGATIVE_INFINITY
                        : inverseTemperature * scores[c] + anchor[e][c] + logShares[c];
            }
            normalize(scores);
            belonging[e] = scores;
        }
    }

    /** Adds weight * row row' to the upper triangle of the covariance, which is all that the solver reads. */
    private static void add(double[] covariance, double[] row, double weight) {
        for (int i = 0; i < row.length; i++) {
            double by = weight * row[i];
            for (int j = i; j < row.length; j++) {
                covariance[i * row.length + j] += by * row[j];
            }
        }
    }

    private static void shrink(double[] covariance, int dimensions) {
        double trace = 0;
        for (int d = 0; d < dimensions; d++) {
            trace += covariance[d * dimensions + d];
        }
        for (int i = 0; i < covariance.length; i++) {
            covariance[i] *= 1 - SHRINKAGE;
        }
        for (int d = 0; d < dimensions; d++) {
            covariance[d * dimensions + d] += SHRINKAGE * Math.max(0, trace) / dimensions + 1e-9;
        }
    }

    private static void normalize(double[] scores) {
        double largest = Arrays.stream(scores).max().orElse(0);
        double sum = 0;
        for (int c = 0; c < scores.length; c++) {
            scores[c] = Math.exp(scores[c] - largest);
            sum += scores[c];
        }
        for (int c = 0; c < scores.length; c++) {
            scores[c] /= sum;
        }
    }
}
