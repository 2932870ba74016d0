package io.fineprune.topology.repair;

import java.util.List;
import java.util.SplittableRandom;

/**
 * The directions in which a user's events differ most, over several views of the same events that are set beside each other,
 * each centred and brought to the same mean length. Found by subspace iteration; the same views give the same coordinates.
 */
final class PrincipalComponents {
    private static final int ITERATIONS = 20;
    private static final long SEED = 1;

    private PrincipalComponents() {}

    /**
     * Coordinates along the leading components; at most one fewer than there are events.
     *
     * @param views of the same events
     * @return [events, components]
     */
    static double[][] project(List<Features> views, int components) {
        double[][] rows = beside(views);
        int dimensions = rows[0].length;
        int kept = Math.max(1, Math.min(components, Math.min(rows.length - 1, dimensions)));
        SplittableRandom random = new SplittableRandom(SEED);
        double[][] basis = new double[kept][dimensions];
        for (double[] direction : basis) {
            for (int d = 0; d < dimensions; d++) {
                direction[d] = random.nextDouble() - 0.5;
            }
        }
        orthonormalize(basis);
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double[][] next = new double[kept][dimensions];
            for (double[] row : rows) {
                for (int k = 0; k < kept; k++) {
                    double along = dot(row, basis[k]);
                    for (int d = 0; d < dimensions; d++) {
                        next[k][d] += along * row[d];
                    }
                }
            }
            orthonormalize(next);
            basis = next;
        }
        double[][] coordinates = new double[rows.length][kept];
        for (int e = 0; e < rows.length; e++) {
            for (int k = 0; k < kept; k++) {
                coordinates[e][k] = dot(rows[e], basis[k]);
            }
        }
        return coordinates;
    }

    private static double[][] beside(List<Features> views) {
        int events = views.get(0).events();
        double[][] rows =
                new double[events][views.stream().mapToInt(Features::dimensions).sum()];
        int offset = 0;
        for (Features view : views) {
            Features centered = view.centered();
            double squares = 0;
            for (float value : centered.values()) {
                squares += (double) value * value;
            }
            double factor = squares > 0 ? Math.sqrt(events / squares) : 0;
            for (int e = 0; e < events; e++) {
                for (int d = 0; d < view.dimensions(); d++) {
                    rows[e][offset + d] = centered.values()[e * view.dimensions() + d] * factor;
                }
            }
            offset += view.dimensions();
        }
        return rows;
    }

    /** Gram and Schmidt, twice for precision; a direction that vanishes stays zero. */
    private static void orthonormalize(double[][] basis) {
        for (int k = 0; k < basis.length; k++) {
            double before = Math.sqrt(dot(basis[k], basis[k]));
            for (int round = 0; round < 2; round++) {
                for (int other = 0; other < k; other++) {
                    double along = dot(basis[k], basis[other]);
                    for (int d = 0; d < basis[k].length; d++) {
                        basis[k][d] -= along * basis[other][d];
                    }
                }
            }
            double length = Math.sqrt(dot(basis[k], basis[k]));
            double inverse = length > 1e-12 * before ? 1 / length : 0;
            for (int d = 0; d < basis[k].length; d++) {
                basis[k][d] *= inverse;
            }
        }
    }

    private static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int d = 0; d < left.length; d++) {
            sum += left[d] * right[d];
        }
        return sum;
    }
}
