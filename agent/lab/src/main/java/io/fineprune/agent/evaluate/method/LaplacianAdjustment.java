package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.LayerwiseModel.Answers;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Laplacian adjusted maximum likelihood: shares z of the classes that minimise, over the events i of a batch, the sum of KL(z_i || q_i)
 * less the sum of w_ij z_i z_j, where q are the model's answers and w_ij is 1 for the {@value #NEIGHBOURS} nearest events j of i and
 * 0 for others, by the directions of their features. The bound of the paper gives rounds z_i <- softmax(log q_i + sum w_ij z_j),
 * which begin at q. Immutable.
 */
public final class LaplacianAdjustment {
    private static final int NEIGHBOURS = 5;
    private static final int ROUNDS = 100;
    private static final double CONVERGED = 1e-8;
    private static final double FLOOR = 1e-10;
    private static final double LEAST = 1e-20;

    private final double[][] directions;
    private final double[][] shares;

    private LaplacianAdjustment(double[][] directions, double[][] shares) {
        this.directions = directions;
        this.shares = shares;
    }

    /** Computes the shares of a batch's events. */
    static LaplacianAdjustment of(Answers answers) {
        double[][] directions = directions(answers.features());
        double[][] logarithms = logarithms(answers.posterior(), directions.length);
        int[][] neighbours = new int[directions.length][];
        for (int e = 0; e < neighbours.length; e++) {
            neighbours[e] = nearest(directions, directions[e], e);
        }
        double[][] shares = new double[directions.length][];
        for (int e = 0; e < shares.length; e++) {
            shares[e] = softmax(logarithms[e]);
        }
        double before = Double.POSITIVE_INFINITY;
        for (int round = 0; round < ROUNDS; round++) {
            double[][] next = new double[shares.length][];
            double energy = 0;
            for (int e = 0; e < shares.length; e++) {
                double[] drawn = drawn(logarithms[e], shares, neighbours[e]);
                next[e] = softmax(drawn);
                for (int c = 0; c < drawn.length; c++) {
                    energy += next[e][c] * (Math.log(Math.max(LEAST, next[e][c])) - drawn[c]);
                }
            }
            shares = next;
            if (round > 1 && Math.abs(energy - before) <= CONVERGED * Math.abs(before)) {
                break;
            }
            before = energy;
        }
        return new LaplacianAdjustment(directions, shares);
    }

    /** Returns [events, classes]: the shares of the batch's events. */
    double[][] shares() {
        return Arrays.stream(shares).map(double[]::clone).toArray(double[][]::new);
    }

    /**
     * Answers other events, each beside the batch, whose shares stay.
     *
     * @param posterior [events, classes] is changed in place
     */
    public void adjust(Features features, float[] posterior) {
        double[][] rows = directions(features);
        double[][] logarithms = logarithms(posterior, rows.length);
        for (int e = 0; e < rows.length; e++) {
            double[] adjusted = softmax(drawn(logarithms[e], shares, nearest(directions, rows[e], -1)));
            for (int c = 0; c < adjusted.length; c++) {
                posterior[e * adjusted.length + c] = (float) adjusted[c];
            }
        }
    }

    private static double[] drawn(double[] logarithms, double[][] shares, int[] neighbours) {
        double[] drawn = logarithms.clone();
        for (int neighbour : neighbours) {
            for (int c = 0; c < drawn.length; c++) {
                drawn[c] += shares[neighbour][c];
            }
        }
        return drawn;
    }

    /** The nearest first; of events as near the earlier one. */
    private static int[] nearest(double[][] directions, double[] to, int self) {
        double[] distances = new double[directions.length];
        for (int e = 0; e < distances.length; e++) {
            for (int d = 0; d < to.length; d++) {
                distances[e] += (directions[e][d] - to[d]) * (directions[e][d] - to[d]);
            }
        }
        return IntStream.range(0, distances.length)
                .filter(e -> e != self)
                .boxed()
                .sorted(Comparator.comparingDouble(e -> distances[e]))
                .limit(NEIGHBOURS)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static double[][] directions(Features features) {
        double[][] rows = new double[features.events()][features.dimensions()];
        for (int e = 0; e < rows.length; e++) {
            double squares = 0;
            for (int d = 0; d < rows[e].length; d++) {
                rows[e][d] = features.values()[e * rows[e].length + d];
                squares += rows[e][d] * rows[e][d];
            }
            for (int d = 0; d < rows[e].length && squares > 0; d++) {
                rows[e][d] /= Math.sqrt(squares);
            }
        }
        return rows;
    }

    private static double[][] logarithms(float[] posterior, int events) {
        int classes = events == 0 ? 0 : posterior.length / events;
        double[][] rows = new double[events][classes];
        for (int i = 0; i < posterior.length; i++) {
            rows[i / classes][i % classes] = Math.log(posterior[i] + FLOOR);
        }
        return rows;
    }

    private static double[] softmax(double[] scores) {
        double largest = Arrays.stream(scores).max().orElse(0);
        double[] shares =
                Arrays.stream(scores).map(score -> Math.exp(score - largest)).toArray();
        double sum = Arrays.stream(shares).sum();
        return Arrays.stream(shares).map(share -> share / sum).toArray();
    }
}
