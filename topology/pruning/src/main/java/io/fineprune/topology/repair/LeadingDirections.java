package io.fineprune.topology.repair;

import java.util.SplittableRandom;

/** The leading eigenvectors of X'X by subspace iteration from a fixed start: the same rows give the same directions. */
public final class LeadingDirections {
    private static final int ITERATIONS = 20;
    private static final long SEED = 1;

    private LeadingDirections() {}

    /**
     * Eigenvectors of X'X, each as long as the root of its eigenvalue, so that their outer products sum to X'X as far as so many
     * can.
     *
     * @param rows [events][dimensions]
     * @param count how many at most
     * @return [count][dimensions], the largest eigenvalue first
     */
    public static double[][] of(double[][] rows, int count) {
        int dimensions = rows[0].length;
        double[] product = new double[dimensions * dimensions];
        for (double[] row : rows) {
            for (int i = 0; i < dimensions; i++) {
                if (row[i] != 0) {
                    for (int j = 0; j < dimensions; j++) {
                        product[i * dimensions + j] += row[i] * row[j];
                    }
                }
            }
        }
        return ofSymmetric(product, dimensions, count);
    }

    /**
     * Eigenvectors of a positive semi-definite matrix, each as long as the root of its eigenvalue.
     *
     * @param matrix [size, size]
     * @return [count][size], the largest eigenvalue first; none that vanish beside the largest are told apart from zero
     */
    public static double[][] ofSymmetric(double[] matrix, int size, int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        double[][] basis = new double[Math.min(count, size)][size];
        for (double[] direction : basis) {
            for (int d = 0; d < size; d++) {
                direction[d] = random.nextDouble() - 0.5;
            }
        }
        orthonormalize(basis);
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            basis = times(matrix, size, basis);
            orthonormalize(basis);
        }
        double[][] images = times(matrix, size, basis);
        for (int k = 0; k < basis.length; k++) {
            double length = Math.sqrt(Math.max(0, dot(basis[k], images[k])));
            for (int d = 0; d < size; d++) {
                basis[k][d] *= length;
            }
        }
        return basis;
    }

    private static double[][] times(double[] matrix, int size, double[][] basis) {
        double[][] images = new double[basis.length][size];
        for (int k = 0; k < basis.length; k++) {
            double[] image = images[k];
            for (int i = 0; i < size; i++) {
                double by = basis[k][i];
                if (by != 0) {
                    int row = i * size;
                    for (int j = 0; j < size; j++) {
                        image[j] += by * matrix[row + j];
                    }
                }
            }
        }
        return images;
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
