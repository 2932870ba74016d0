package io.fineprune.topology.repair;

import java.util.Optional;

/**
 * How the classes lie among the source model's penultimate features on the source data: the mean of each class, and the covariance
 * that they have in common within them, as its leading directions and what is left on the diagonal. Shared arrays, never written
 * to.
 *
 * @param means [classes][dimensions]
 * @param directions [rank][dimensions] eigenvectors of the covariance, each as long as the root of its eigenvalue
 * @param rest [dimensions] the variances that the directions leave, at least 0
 */
public record SourceClasses(double[][] means, double[][] directions, double[] rest) {
    /** Of 256 dimensions 16 directions serve as well as all of them (0.903 against 0.904 accuracy over ten classes). */
    private static final int RANK = 16;

    public SourceClasses {
        for (double[] mean : means) {
            requireLength(mean, rest.length);
        }
        for (double[] direction : directions) {
            requireLength(direction, rest.length);
        }
    }

    private static void requireLength(double[] numbers, int dimensions) {
        if (numbers.length != dimensions) {
            throw new IllegalArgumentException("Expected %d dimensions of every class and direction, but was %d"
                    .formatted(dimensions, numbers.length));
        }
    }

    public int classes() {
        return means.length;
    }

    public int dimensions() {
        return rest.length;
    }

    /**
     * Measures means and covariance of labelled events of the source data.
     *
     * @param features of source events under the source model
     * @param labels [events] their true classes
     * @return empty if a class has no event
     */
    public static Optional<SourceClasses> of(Features features, int[] labels, int classes) {
        int dimensions = features.dimensions();
        double[][] means = new double[classes][dimensions];
        int[] counts = new int[classes];
        for (int e = 0; e < features.events(); e++) {
            counts[labels[e]]++;
            for (int d = 0; d < dimensions; d++) {
                means[labels[e]][d] += features.values()[e * dimensions + d];
            }
        }
        for (int c = 0; c < classes; c++) {
            if (counts[c] == 0) {
                return Optional.empty();
            }
            for (int d = 0; d < dimensions; d++) {
                means[c][d] /= counts[c];
            }
        }
        double[][] residuals = new double[features.events()][dimensions];
        double[] rest = new double[dimensions];
        double scale = 1 / Math.sqrt(Math.max(1, features.events()));
        for (int e = 0; e < residuals.length; e++) {
            for (int d = 0; d < dimensions; d++) {
                double residual = (features.values()[e * dimensions + d] - means[labels[e]][d]) * scale;
                residuals[e][d] = residual;
                rest[d] += residual * residual;
            }
        }
        double[][] directions = LeadingDirections.of(residuals, Math.min(RANK, dimensions));
        for (double[] direction : directions) {
            for (int d = 0; d < dimensions; d++) {
                rest[d] = Math.max(0, rest[d] - direction[d] * direction[d]);
            }
        }
        return Optional.of(new SourceClasses(means, directions, rest));
    }

    /** Restricts means, directions and rest to some of the dimensions. */
    public SourceClasses only(int[] kept) {
        double[][] keptMeans = new double[means.length][];
        for (int c = 0; c < means.length; c++) {
            keptMeans[c] = some(means[c], kept);
        }
        double[][] keptDirections = new double[directions.length][];
        for (int r = 0; r < directions.length; r++) {
            keptDirections[r] = some(directions[r], kept);
        }
        return new SourceClasses(keptMeans, keptDirections, some(rest, kept));
    }

    private static double[] some(double[] numbers, int[] kept) {
        double[] chosen = new double[kept.length];
        for (int i = 0; i < kept.length; i++) {
            chosen[i] = numbers[kept[i]];
        }
        return chosen;
    }

    /** Adds a share of the covariance to the upper triangle of a matrix [dimensions, dimensions]. */
    void addCovariance(double[] matrix, double share) {
        int dimensions = dimensions();
        for (int i = 0; i < dimensions; i++) {
            matrix[i * dimensions + i] += share * rest[i];
        }
        for (double[] direction : directions) {
            for (int i = 0; i < dimensions; i++) {
                double by = share * direction[i];
                for (int j = i; j < dimensions; j++) {
                    matrix[i * dimensions + j] += by * direction[j];
                }
            }
        }
    }
}
