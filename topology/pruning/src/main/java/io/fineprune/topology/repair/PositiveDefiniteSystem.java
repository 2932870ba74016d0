package io.fineprune.topology.repair;

import java.util.Optional;

/**
 * Solves A x = b for a symmetric positive definite A by a Cholesky factorisation that works row by row, so that the inner
 * loops run over adjacent memory. Not thread-safe.
 */
final class PositiveDefiniteSystem {
    private final int size;
    private final double[] factor;

    /**
     * Factorises in place.
     *
     * @param matrix [size, size]; its upper triangle is read and overwritten
     * @throws ArithmeticException if the matrix is not positive definite
     */
    PositiveDefiniteSystem(double[] matrix, int size) {
        this.size = size;
        this.factor = matrix;
        for (int k = 0; k < size; k++) {
            double pivot = matrix[k * size + k];
            if (!(pivot > 0)) {
                throw new ArithmeticException(
                        "Expected a positive definite matrix, but pivot %d of %d was %s".formatted(k, size, pivot));
            }
            double inverse = 1 / Math.sqrt(pivot);
            for (int j = k; j < size; j++) {
                matrix[k * size + j] *= inverse;
            }
            for (int i = k + 1; i < size; i++) {
                subtract(matrix, i * size, matrix[k * size + i], matrix, k * size, i, size);
            }
        }
    }

    /**
     * Factorises in place.
     *
     * @param matrix [size, size]; its upper triangle is read and overwritten
     * @return empty if the matrix is not positive definite
     */
    static Optional<PositiveDefiniteSystem> of(double[] matrix, int size) {
        try {
            return Optional.of(new PositiveDefiniteSystem(matrix, size));
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    /**
     * Solves for many right-hand sides at once, in place.
     *
     * @param right [size, columns]
     */
    void solve(double[] right, int columns) {
        for (int k = 0; k < size; k++) {
            scale(right, k, columns);
            for (int i = k + 1; i < size; i++) {
                subtract(right, i * columns, factor[k * size + i], right, k * columns, 0, columns);
            }
        }
        for (int k = size - 1; k >= 0; k--) {
            for (int i = k + 1; i < size; i++) {
                subtract(right, k * columns, factor[k * size + i], right, i * columns, 0, columns);
            }
            scale(right, k, columns);
        }
    }

    private void scale(double[] right, int row, int columns) {
        double inverse = 1 / factor[row * size + row];
        for (int c = 0; c < columns; c++) {
            right[row * columns + c] *= inverse;
        }
    }

    /** target[j] -= by * source[j] for j in [from, to), each at its offset. */
    private static void subtract(
            double[] target, int targetOffset, double by, double[] source, int sourceOffset, int from, int to) {
        if (by == 0) {
            return;
        }
        for (int j = from; j < to; j++) {
            target[targetOffset + j] -= by * source[sourceOffset + j];
        }
    }
}
