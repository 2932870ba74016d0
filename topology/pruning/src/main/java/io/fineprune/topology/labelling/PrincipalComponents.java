package io.fineprune.topology.labelling;

import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.LeadingDirections;
import java.util.List;

/**
 * Coordinates of a user's events along the directions in which they differ most, over several views of the same events that are
 * set beside each other, each centred and brought to the same mean length. Found from the products of the events with each other,
 * since a user has fewer events than the views have features.
 */
final class PrincipalComponents {
    private PrincipalComponents() {}

    /**
     * Coordinates along the leading components; at most one fewer than there are events.
     *
     * @param views of the same events
     * @return [events][components]
     */
    static double[][] project(List<Features> views, int components) {
        int events = views.get(0).events();
        double[] products = new double[events * events];
        int dimensions = 0;
        for (Features view : views) {
            addProducts(products, view.centered());
            dimensions += view.dimensions();
        }
        int kept = Math.max(1, Math.min(components, Math.min(events - 1, dimensions)));
        double[][] axes = LeadingDirections.ofSymmetric(products, events, kept);
        double[][] coordinates = new double[events][kept];
        for (int k = 0; k < kept; k++) {
            for (int e = 0; e < events; e++) {
                coordinates[e][k] = axes[k][e];
            }
        }
        return coordinates;
    }

    private static void addProducts(double[] products, Features centered) {
        int events = centered.events();
        int dimensions = centered.dimensions();
        double squares = 0;
        for (float value : centered.values()) {
            squares += (double) value * value;
        }
        double factor = squares > 0 ? events / squares : 0;
        float[] values = centered.values();
        for (int e = 0; e < events; e++) {
            for (int f = e; f < events; f++) {
                float sum = 0;
                int left = e * dimensions;
                int right = f * dimensions;
                for (int d = 0; d < dimensions; d++) {
                    sum += values[left + d] * values[right + d];
                }
                products[e * events + f] += factor * sum;
                if (f > e) {
                    products[f * events + e] += factor * sum;
                }
            }
        }
    }
}
