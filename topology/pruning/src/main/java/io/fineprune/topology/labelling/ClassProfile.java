package io.fineprune.topology.labelling;

import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LeadingDirections;
import io.fineprune.topology.repair.PositiveDefiniteSystem;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where each class lies among the activations of one layer for a user of the source data, how far users differ from each other as
 * a whole (their shift), and how far a class of one user differs beyond that. With it clusters of a new user are named by where they
 * lie to each other, which a shift of all of them leaves as it is.
 */
final class ClassProfile {
    private static final int MOST_COMPONENTS = 40;
    private static final double OWN_SHRINKAGE = 0.3;
    private static final double SHIFT_SHRINKAGE = 0.5;

    private final double[] origin;
    private final double[][] basis;
    private final double[][] classes;
    private final double[] own;
    private final double[] shift;

    /** @param means [users][classes][dimensions] mean activation of each user's events of a class; at least two users */
    ClassProfile(double[][][] means) {
        int users = means.length;
        int count = means[0].length;
        int dimensions = means[0][0].length;
        this.origin = new double[dimensions];
        for (double[][] user : means) {
            for (double[] mean : user) {
                add(origin, mean, 1.0 / (users * count));
            }
        }
        double[][] rows = Arrays.stream(means)
                .flatMap(Arrays::stream)
                .map(mean -> difference(mean, origin))
                .toArray(double[][]::new);
        this.basis = Arrays.stream(LeadingDirections.of(
                        rows, Math.min(Math.min(MOST_COMPONENTS, dimensions - 1), rows.length - 1)))
                .map(ClassProfile::unit)
                .toArray(double[][]::new);
        double[][][] placed = new double[users][count][];
        this.classes = new double[count][basis.length];
        for (int s = 0; s < users; s++) {
            for (int c = 0; c < count; c++) {
                placed[s][c] = place(means[s][c]);
                add(classes[c], placed[s][c], 1.0 / users);
            }
        }
        double[] ofUsers = new double[basis.length * basis.length];
        double[] ofClasses = new double[basis.length * basis.length];
        for (double[][] user : placed) {
            double[] moved = new double[basis.length];
            for (int c = 0; c < count; c++) {
                add(moved, difference(user[c], classes[c]), 1.0 / count);
            }
            addOuter(ofUsers, moved, 1.0 / (users - 1));
            for (int c = 0; c < count; c++) {
                addOuter(
                        ofClasses,
                        difference(difference(user[c], classes[c]), moved),
                        1.0 / ((users - 1) * (count - 1)));
            }
        }
        this.own = shrunk(ofClasses, OWN_SHRINKAGE);
        this.shift = shrunk(ofUsers, SHIFT_SHRINKAGE);
    }

    /** Returns two profiles: of the last layer's inputs, and of its outputs. */
    static List<ClassProfile> of(double[][][] featureMeans, LayerParameters last) {
        int count = featureMeans[0].length;
        double[][][] outputs = Arrays.stream(featureMeans)
                .map(user -> Arrays.stream(user)
                        .map(mean -> outputs(mean, last, count))
                        .toArray(double[][]::new))
                .toArray(double[][][]::new);
        return List.of(new ClassProfile(featureMeans), new ClassProfile(outputs));
    }

    /** Computes the first {@code count} outputs of a dense layer, without an activation function. */
    static double[] outputs(double[] inputs, LayerParameters layer, int count) {
        double[] outputs = new double[count];
        for (int c = 0; c < count; c++) {
            outputs[c] = layer.biases()[c];
            for (int d = 0; d < inputs.length; d++) {
                outputs[c] += inputs[d] * layer.weights()[d * count + c];
            }
        }
        return outputs;
    }

    int components() {
        return basis.length;
    }

    /** Projects a mean activation onto the components of the profile. */
    double[] place(double[] mean) {
        double[] centered = difference(mean, origin);
        return Arrays.stream(basis).mapToDouble(axis -> dot(axis, centered)).toArray();
    }

    /**
     * The log-likelihood of each cluster under each class, per component, where the shift of the user is unknown.
     *
     * @param placed [clusters][components]
     * @return [clusters][classes]
     */
    double[][] fit(double[][] placed) {
        double[] both = own.clone();
        add(both, shift, 1);
        return fit(placed, new double[basis.length], both);
    }

    /** Returns the log-likelihood of each cluster under each class, per component, for a user with a known shift. */
    double[][] fit(double[][] placed, double[] moved) {
        return fit(placed, moved, own.clone());
    }

    /**
     * The likeliest shift of a user whose clusters have these classes: (J Sd^-1 + Su^-1)^-1 Sd^-1 sum_j (z_j - mu_j).
     *
     * @param names [clusters] indices of classes
     */
    double[] shift(double[][] placed, int[] names) {
        int size = basis.length;
        double[] sum = new double[size];
        for (int j = 0; j < names.length; j++) {
            add(sum, difference(placed[j], classes[names[j]]), 1);
        }
        // The same as Su (J Su + Sd)^-1 sum, which inverts one matrix only.
        double[] system = own.clone();
        add(system, shift, names.length);
        double[] solved = sum.clone();
        new PositiveDefiniteSystem(system, size).solve(solved, 1);
        double[] moved = new double[size];
        for (int i = 0; i < size; i++) {
            for (int k = 0; k < size; k++) {
                moved[i] += shift[i * size + k] * solved[k];
            }
        }
        return moved;
    }

    private double[][] fit(double[][] placed, double[] moved, double[] covariance) {
        int size = basis.length;
        double[][] fits = new double[placed.length][classes.length];
        int columns = placed.length * classes.length;
        double[] differences = new double[size * columns];
        for (int j = 0; j < placed.length; j++) {
            for (int c = 0; c < classes.length; c++) {
                for (int d = 0; d < size; d++) {
                    differences[d * columns + j * classes.length + c] = placed[j][d] - classes[c][d] - moved[d];
                }
            }
        }
        double[] solved = differences.clone();
        new PositiveDefiniteSystem(covariance, size).solve(solved, columns);
        IntStream.range(0, columns).forEach(i -> {
            double squares = 0;
            for (int d = 0; d < size; d++) {
                squares += differences[d * columns + i] * solved[d * columns + i];
            }
            fits[i / classes.length][i % classes.length] = -squares / 2 / size;
        });
        return fits;
    }

    private double[] shrunk(double[] covariance, double shrinkage) {
        int size = basis.length;
        double trace = 0;
        for (int d = 0; d < size; d++) {
            trace += covariance[d * size + d];
        }
        double[] shrunk = new double[covariance.length];
        add(shrunk, covariance, 1 - shrinkage);
        for (int d = 0; d < size; d++) {
            shrunk[d * size + d] += shrinkage * trace / size + 1e-9;
        }
        return shrunk;
    }

    private static void add(double[] sum, double[] values, double weight) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += weight * values[i];
        }
    }

    private static void addOuter(double[] matrix, double[] row, double weight) {
        for (int i = 0; i < row.length; i++) {
            for (int j = 0; j < row.length; j++) {
                matrix[i * row.length + j] += weight * row[i] * row[j];
            }
        }
    }

    private static double[] difference(double[] left, double[] right) {
        double[] difference = left.clone();
        add(difference, right, -1);
        return difference;
    }

    private static double[] unit(double[] direction) {
        double length = Math.sqrt(dot(direction, direction));
        return Arrays.stream(direction).map(d -> length > 0 ? d / length : 0).toArray();
    }

    private static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int d = 0; d < left.length; d++) {
            sum += left[d] * right[d];
        }
        return sum;
    }
}
