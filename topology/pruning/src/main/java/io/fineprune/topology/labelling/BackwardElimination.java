package io.fineprune.topology.labelling;

import io.fineprune.topology.repair.PositiveDefiniteSystem;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Finds how many classes a user meets: starts with all that may be, and gives up the one that is missed least until every one left
 * would be missed. What giving up class i costs is, in log-likelihood, how much worse its events fit the next best name j, and
 * Ward's distance of the two clusters in the metric of the covariance within clusters:
 *
 * <pre>  cost_i = min_j sum_(e in i) (log p_ei - log p_ej) + n_i n_j / (2 (n_i + n_j)) (m_i - m_j)' W^-1 (m_i - m_j)</pre>
 */
final class BackwardElimination {
    private static final double SHARES = 0.5;
    private static final double SHRINKAGE = 0.3;
    private static final double FLOOR = 1e-3;

    /** The shares of an absent class's cost, in events of one cluster, that end the elimination; measured on spoken digits. */
    private static final double ENOUGH = 9;

    private static final double ENOUGH_OF_MOST = 6.5;
    private static final double MOST = 0.8;

    /** Declared classes are given up only where their cluster is a splinter of another. */
    private static final double ENOUGH_OF_DECLARED = 1.5;

    private final double[][] points;
    private final double[][] posterior;
    private final int[] candidates;
    private final boolean declared;

    /**
     * @param points [events][dimensions]
     * @param posterior [events][candidates], rows summing to 1
     * @param candidates classes to begin with, rising
     * @param declared whether the user is known to meet these
     */
    BackwardElimination(double[][] points, double[][] posterior, int[] candidates, boolean declared) {
        this.points = points;
        this.posterior = posterior;
        this.candidates = candidates;
        this.declared = declared;
    }

    /** Runs the elimination and returns the clusters that are left; their anchors are among the candidates. */
    Partition run() {
        int[] left = IntStream.range(0, candidates.length).toArray();
        while (true) {
            int[] labels = label(left);
            int[] met = met(labels, left.length);
            while (met.length < left.length) {
                int[] before = left;
                left = IntStream.of(met).map(i -> before[i]).toArray();
                labels = label(left);
                met = met(labels, left.length);
            }
            int[] anchors = IntStream.of(left).map(i -> candidates[i]).toArray();
            if (left.length <= 2) {
                return new Partition(labels, anchors);
            }
            double[] costs = costs(labels, left);
            int cheapest = 0;
            for (int i = 1; i < costs.length; i++) {
                if (costs[i] < costs[cheapest]) {
                    cheapest = i;
                }
            }
            double enough =
                    declared ? ENOUGH_OF_DECLARED : left.length > MOST * candidates.length ? ENOUGH_OF_MOST : ENOUGH;
            if (costs[cheapest] * left.length / points.length > enough) {
                return new Partition(labels, anchors);
            }
            int gone = cheapest;
            int[] before = left;
            left = IntStream.range(0, left.length)
                    .filter(i -> i != gone)
                    .map(i -> before[i])
                    .toArray();
        }
    }

    private int[] label(int[] left) {
        double[][] some = new double[points.length][left.length];
        for (int e = 0; e < points.length; e++) {
            double sum = 0;
            for (int i = 0; i < left.length; i++) {
                some[e][i] = posterior[e][left[i]];
                sum += some[e][i];
            }
            if (sum > 0) {
                for (int i = 0; i < left.length; i++) {
                    some[e][i] /= sum;
                }
            } else {
                Arrays.fill(some[e], 1.0 / left.length);
            }
        }
        return new AnchoredMixture(points, some, SHARES).labels();
    }

    private static int[] met(int[] labels, int count) {
        boolean[] met = new boolean[count];
        for (int label : labels) {
            met[label] = true;
        }
        return IntStream.range(0, count).filter(i -> met[i]).toArray();
    }

    private double[] costs(int[] labels, int[] left) {
        int count = left.length;
        int dimensions = points[0].length;
        double[][] means = new double[count][dimensions];
        int[] sizes = new int[count];
        double[][] naming = new double[count][count];
        for (int e = 0; e < points.length; e++) {
            int label = labels[e];
            sizes[label]++;
            for (int d = 0; d < dimensions; d++) {
                means[label][d] += points[e][d];
            }
            double own = Math.log(posterior[e][left[label]] + FLOOR);
            for (int j = 0; j < count; j++) {
                naming[label][j] += own - Math.log(posterior[e][left[j]] + FLOOR);
            }
        }
        for (int i = 0; i < count; i++) {
            for (int d = 0; d < dimensions; d++) {
                means[i][d] /= sizes[i];
            }
        }
        double[] columns = new double[dimensions * count];
        for (int i = 0; i < count; i++) {
            for (int d = 0; d < dimensions; d++) {
                columns[d * count + i] = means[i][d];
            }
        }
        new PositiveDefiniteSystem(within(labels, means), dimensions).solve(columns, count);
        double[] costs = new double[count];
        for (int i = 0; i < count; i++) {
            costs[i] = Double.POSITIVE_INFINITY;
            for (int j = 0; j < count; j++) {
                if (j != i) {
                    double distance = 0;
                    for (int d = 0; d < dimensions; d++) {
                        distance += (means[i][d] - means[j][d]) * (columns[d * count + i] - columns[d * count + j]);
                    }
                    double ward = 0.5 * sizes[i] * sizes[j] / (sizes[i] + sizes[j]) * distance;
                    costs[i] = Math.min(costs[i], naming[i][j] + ward);
                }
            }
        }
        return costs;
    }

    /** Returns the shrunk within-cluster covariance; only its upper triangle is filled. */
    private double[] within(int[] labels, double[][] means) {
        int dimensions = points[0].length;
        double[] covariance = new double[dimensions * dimensions];
        double trace = 0;
        double share = (1 - SHRINKAGE) / points.length;
        for (int e = 0; e < points.length; e++) {
            double[] mean = means[labels[e]];
            for (int i = 0; i < dimensions; i++) {
                double by = points[e][i] - mean[i];
                trace += by * by / points.length;
                for (int j = i; j < dimensions; j++) {
                    covariance[i * dimensions + j] += share * by * (points[e][j] - mean[j]);
                }
            }
        }
        for (int d = 0; d < dimensions; d++) {
            covariance[d * dimensions + d] += SHRINKAGE * trace / dimensions + 1e-9;
        }
        return covariance;
    }
}
