package io.fineprune.topology.repair;

import java.util.Arrays;
import java.util.SplittableRandom;

/** K-means by cosine (Dhillon and Modha 2001) from seeded restarts (k-means++). Pure functions. */
final class SphericalKMeans {
    private static final int ITERATIONS = 30;

    private SphericalKMeans() {}

    /**
     * A clustering.
     *
     * @param labels [events] 0 to clusters - 1
     * @param objective sum of the cosines between the events and their centres; larger is tighter
     */
    record Clustering(int[] labels, double objective) {}

    /** The tightest of several clusterings that begin at random events far from each other. */
    static Clustering restarts(Features unit, int clusters, int restarts, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Clustering best = iterate(unit, clusters, spread(unit, clusters, random));
        for (int r = 1; r < restarts; r++) {
            Clustering next = iterate(unit, clusters, spread(unit, clusters, random));
            if (next.objective() > best.objective()) {
                best = next;
            }
        }
        return best;
    }

    private static Clustering iterate(Features unit, int clusters, double[] centers) {
        int[] labels = new int[unit.events()];
        Arrays.fill(labels, -1);
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            if (!assign(unit, clusters, centers, labels)) {
                break;
            }
            updateCenters(unit, clusters, labels, centers);
        }
        double objective = 0;
        for (int e = 0; e < unit.events(); e++) {
            objective += unit.dot(e, centers, labels[e] * unit.dimensions());
        }
        return new Clustering(labels, objective);
    }

    /** Gives each event its nearest centre; whether any label changed. */
    private static boolean assign(Features unit, int clusters, double[] centers, int[] labels) {
        boolean changed = false;
        for (int e = 0; e < unit.events(); e++) {
            int best = 0;
            double bestCosine = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < clusters; c++) {
                double cosine = unit.dot(e, centers, c * unit.dimensions());
                if (cosine > bestCosine) {
                    bestCosine = cosine;
                    best = c;
                }
            }
            changed |= labels[e] != best;
            labels[e] = best;
        }
        return changed;
    }

    private static void updateCenters(Features unit, int clusters, int[] labels, double[] centers) {
        int dimensions = unit.dimensions();
        double[] sums = new double[centers.length];
        for (int e = 0; e < unit.events(); e++) {
            for (int d = 0; d < dimensions; d++) {
                sums[labels[e] * dimensions + d] += unit.values()[e * dimensions + d];
            }
        }
        for (int c = 0; c < clusters; c++) {
            double squares = 0;
            for (int d = 0; d < dimensions; d++) {
                squares += sums[c * dimensions + d] * sums[c * dimensions + d];
            }
            if (squares > 0) {
                double inverse = 1 / Math.sqrt(squares);
                for (int d = 0; d < dimensions; d++) {
                    centers[c * dimensions + d] = sums[c * dimensions + d] * inverse;
                }
            }
        }
    }

    /** K-means++: each next centre is drawn with a chance that grows with its distance from those before it. */
    private static double[] spread(Features unit, int clusters, SplittableRandom random) {
        int dimensions = unit.dimensions();
        double[] centers = new double[clusters * dimensions];
        double[] distance = new double[unit.events()];
        Arrays.fill(distance, 1);
        for (int c = 0; c < clusters; c++) {
            int chosen = draw(distance, random);
            for (int d = 0; d < dimensions; d++) {
                centers[c * dimensions + d] = unit.values()[chosen * dimensions + d];
            }
            for (int e = 0; e < unit.events(); e++) {
                double away = Math.max(0, 1 - unit.dot(e, centers, c * dimensions));
                distance[e] = c == 0 ? away : Math.min(distance[e], away);
            }
        }
        return centers;
    }

    private static int draw(double[] weights, SplittableRandom random) {
        double total = Arrays.stream(weights).sum();
        double left = random.nextDouble() * total;
        for (int i = 0; i < weights.length; i++) {
            left -= weights[i];
            if (left < 0) {
                return i;
            }
        }
        return weights.length - 1;
    }
}
