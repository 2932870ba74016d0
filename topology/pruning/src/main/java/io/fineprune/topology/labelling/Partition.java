package io.fineprune.topology.labelling;

import java.util.Arrays;

/**
 * A user's events in clusters, one for each class that the user seems to meet.
 *
 * @param clusters [events] from 0; a shared array, never written to
 * @param anchors [clusters] the class whose posterior each cluster grew from, rising
 */
record Partition(int[] clusters, int[] anchors) {
    int count() {
        return anchors.length;
    }

    /** Counts the events of each cluster. */
    int[] sizes() {
        int[] sizes = new int[anchors.length];
        for (int cluster : clusters) {
            sizes[cluster]++;
        }
        return sizes;
    }

    /**
     * How well the clusters are apart: the mean over the events of (b - a) / max(a, b), with a the mean distance to the event's own
     * cluster and b to the nearest other one (Rousseeuw 1987).
     *
     * @param points [events][dimensions]
     * @return -1 to 1; 0 for fewer than two clusters
     */
    double silhouette(double[][] points) {
        if (count() < 2) {
            return 0;
        }
        int[] sizes = sizes();
        double total = 0;
        double[] distances = new double[count()];
        for (int e = 0; e < points.length; e++) {
            Arrays.fill(distances, 0);
            for (int f = 0; f < points.length; f++) {
                distances[clusters[f]] += distance(points[e], points[f]);
            }
            int own = clusters[e];
            if (sizes[own] < 2) {
                continue;
            }
            double inside = distances[own] / (sizes[own] - 1);
            double outside = Double.POSITIVE_INFINITY;
            for (int j = 0; j < distances.length; j++) {
                if (j != own && sizes[j] > 0) {
                    outside = Math.min(outside, distances[j] / sizes[j]);
                }
            }
            double larger = Math.max(inside, outside);
            total += larger > 0 && outside < Double.POSITIVE_INFINITY ? (outside - inside) / larger : 0;
        }
        return total / points.length;
    }

    private static double distance(double[] left, double[] right) {
        double squares = 0;
        for (int d = 0; d < left.length; d++) {
            squares += (left[d] - right[d]) * (left[d] - right[d]);
        }
        return Math.sqrt(squares);
    }
}
