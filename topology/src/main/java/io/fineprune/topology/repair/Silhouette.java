package io.fineprune.topology.repair;

/** How well labels separate features (Rousseeuw 1987), by cosine distance. */
public final class Silhouette {
    private Silhouette() {}

    /**
     * The mean silhouette: 1 for tight clusters far apart, 0 for none, below 0 for labels across clusters. Events alone in
     * their class count as 0.
     */
    public static double mean(Features features, int[] labels, int classes) {
        Features unit = features.normalized();
        int events = unit.events();
        int dimensions = unit.dimensions();
        int[] counts = new int[classes];
        double[] sums = new double[classes * dimensions];
        for (int e = 0; e < events; e++) {
            counts[labels[e]]++;
            for (int d = 0; d < dimensions; d++) {
                sums[labels[e] * dimensions + d] += unit.values()[e * dimensions + d];
            }
        }
        double total = 0;
        for (int e = 0; e < events; e++) {
            int own = labels[e];
            if (counts[own] > 1) {
                double self = unit.dot(e, unitRow(unit, e), 0);
                double inside = 1 - (unit.dot(e, sums, own * dimensions) - self) / (counts[own] - 1);
                double outside = Double.POSITIVE_INFINITY;
                for (int c = 0; c < classes; c++) {
                    if (c != own && counts[c] > 0) {
                        outside = Math.min(outside, 1 - unit.dot(e, sums, c * dimensions) / counts[c]);
                    }
                }
                double larger = Math.max(inside, outside);
                if (outside != Double.POSITIVE_INFINITY && larger > 0) {
                    total += (outside - inside) / larger;
                }
            }
        }
        return events == 0 ? 0 : total / events;
    }

    private static double[] unitRow(Features unit, int event) {
        double[] row = new double[unit.dimensions()];
        for (int d = 0; d < row.length; d++) {
            row[d] = unit.values()[event * unit.dimensions() + d];
        }
        return row;
    }
}
