package io.fineprune.topology.repair;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Class prototypes with a common within-class covariance: linear discriminant analysis with shrinkage on pseudo-labels. Where
 * plain prototypes compare directions, this also discounts the directions in which the events of one class differ among
 * themselves. It is an ordinary dense layer, so it takes the place of the model's last one at no cost.
 *
 * <p>Classes that none of the user's events has can have rows too: where it is known how the classes lie on the source data, the
 * mean of such a class is taken to have moved as those of the classes that are met, and the covariance is half the user's and half
 * the source's.
 *
 * @param dimensions features
 * @param classes outputs
 * @param weights [dimensions, classes]
 * @param bias [classes]; a class without a row gets {@link #ABSENT}
 * @param met classes that have events, rising
 */
public record DiscriminantHead(int dimensions, int classes, float[] weights, float[] bias, int[] met) {
    /** The bias of a class without a row: its posterior vanishes. */
    public static final float ABSENT = -1e4f;

    private static final double SHRINKAGE = 0.3;
    private static final double SOURCE_SHARE = 0.5;
    private static final double LEAST_WEIGHT = 2;
    private static final double WEIGHT_PER_EVENT = 0.2;

    /** Fits rows for the classes that have events, and for no others. */
    public static DiscriminantHead fit(Features features, int[] labels, int classes) {
        return fit(features, labels, classes, Optional.empty());
    }

    /**
     * Fits means and the common covariance to labels.
     *
     * @param labels [events]
     * @param source the same dimensions on the source data: then every class gets a row
     * @throws IllegalArgumentException if there are no events
     */
    public static DiscriminantHead fit(Features features, int[] labels, int classes, Optional<SourceClasses> source) {
        int events = features.events();
        int dimensions = features.dimensions();
        if (events == 0) {
            throw new IllegalArgumentException("Expected at least one event to fit a head to, but was none");
        }
        int[] counts = new int[classes];
        double[] means = means(features, labels, classes, counts);
        int[] met = IntStream.range(0, classes).filter(c -> counts[c] > 0).toArray();
        double[] residuals = residuals(features, labels, means);
        source.ifPresent(known -> moveAbsent(means, counts, met, known));
        int[] rows = source.isPresent() ? IntStream.range(0, classes).toArray() : met;
        double[] columns = new double[dimensions * rows.length];
        for (int r = 0; r < rows.length; r++) {
            for (int d = 0; d < dimensions; d++) {
                columns[d * rows.length + r] = means[rows[r] * dimensions + d];
            }
        }
        if (source.isPresent() || events >= dimensions) {
            solveByDimensions(residuals, events, dimensions, columns, rows.length, source);
        } else {
            solveByEvents(residuals, events, dimensions, columns, rows.length);
        }
        float[] weights = new float[dimensions * classes];
        float[] bias = new float[classes];
        Arrays.fill(bias, ABSENT);
        for (int r = 0; r < rows.length; r++) {
            double half = 0;
            for (int d = 0; d < dimensions; d++) {
                double solved = columns[d * rows.length + r];
                weights[d * classes + rows[r]] = Float16.round((float) solved);
                half += means[rows[r] * dimensions + d] * solved;
            }
            bias[rows[r]] = (float) (-half / 2);
        }
        return new DiscriminantHead(dimensions, classes, weights, bias, met);
    }

    /** A class without events is where the source data has it, moved as the classes with events have moved on the mean. */
    private static void moveAbsent(double[] means, int[] counts, int[] met, SourceClasses source) {
        int dimensions = source.dimensions();
        for (int d = 0; d < dimensions; d++) {
            double shift = 0;
            for (int c : met) {
                shift += (means[c * dimensions + d] - source.means()[c][d]) / met.length;
            }
            for (int c = 0; c < counts.length; c++) {
                if (counts[c] == 0) {
                    means[c * dimensions + d] = source.means()[c][d] + shift;
                }
            }
        }
    }

    /** In the place of the model's last layer. */
    public LayerParameters layer() {
        return new LayerParameters(weights, bias);
    }

    /**
     * This head and the model's own last layer in one: both are linear in the same features, so their weighted sum is a dense
     * layer too. The more events each class has, the more the discriminant counts; with few of them the model's own knowledge
     * of the classes steadies it. A class that has no row of its own here keeps the model's, stretched to the spread that the
     * others have now, about what they have in common.
     *
     * @param own the model's last layer, on the same features
     * @param features that this head was fitted to
     * @param answerable [classes] which of those without events may be answered; those with events always may
     */
    public LayerParameters with(LayerParameters own, Features features, boolean[] answerable) {
        double mine = spread(features, weights, bias);
        double theirs = spread(features, own.weights(), own.biases());
        double weight = Math.max(LEAST_WEIGHT, WEIGHT_PER_EVENT * features.events() / met.length);
        double factor = mine > 0 && theirs > 0 ? weight * theirs / mine : 1;
        float[] blended = new float[weights.length];
        float[] offsets = new float[classes];
        Arrays.fill(offsets, ABSENT);
        boolean[] asked = answerable.clone();
        for (int c : met) {
            asked[c] = true;
        }
        for (int d = -1; d < dimensions; d++) {
            double common = common(d, weights, bias);
            double ownCommon = common(d, own.weights(), own.biases());
            for (int c = 0; c < classes; c++) {
                if (asked[c]) {
                    double theirsHere = d < 0 ? own.biases()[c] : own.weights()[d * classes + c];
                    double mineHere = bias[c] == ABSENT
                            ? weight * (theirsHere - ownCommon)
                            : factor * ((d < 0 ? bias[c] : weights[d * classes + c]) - common);
                    if (d < 0) {
                        offsets[c] = (float) (mineHere + theirsHere);
                    } else {
                        blended[d * classes + c] = Float16.round((float) (mineHere + theirsHere));
                    }
                }
            }
        }
        return new LayerParameters(blended, offsets);
    }

    /** The mean over the classes with events of one dimension's weights, or of the biases before dimension 0. */
    private double common(int dimension, float[] by, float[] from) {
        double sum = 0;
        for (int c : met) {
            sum += dimension < 0 ? from[c] : by[dimension * classes + c];
        }
        return sum / met.length;
    }

    /** Deviation of the outputs of the classes with events about their mean in each event. */
    private double spread(Features features, float[] by, float[] from) {
        double squares = 0;
        for (int e = 0; e < features.events(); e++) {
            double[] outputs = new double[met.length];
            double mean = 0;
            for (int c = 0; c < met.length; c++) {
                outputs[c] = from[met[c]];
                for (int d = 0; d < dimensions; d++) {
                    outputs[c] += features.values()[e * dimensions + d] * by[d * classes + met[c]];
                }
                mean += outputs[c] / met.length;
            }
            for (double output : outputs) {
                squares += (output - mean) * (output - mean);
            }
        }
        return Math.sqrt(squares / Math.max(1, features.events() * met.length));
    }

    private static double[] means(Features features, int[] labels, int classes, int[] counts) {
        int dimensions = features.dimensions();
        double[] means = new double[classes * dimensions];
        for (int e = 0; e < features.events(); e++) {
            counts[labels[e]]++;
            for (int d = 0; d < dimensions; d++) {
                means[labels[e] * dimensions + d] += features.values()[e * dimensions + d];
            }
        }
        for (int c = 0; c < classes; c++) {
            for (int d = 0; d < dimensions; d++) {
                means[c * dimensions + d] /= Math.max(1, counts[c]);
            }
        }
        return means;
    }

    /** [events, dimensions] the features about the means of their classes. */
    private static double[] residuals(Features features, int[] labels, double[] means) {
        int dimensions = features.dimensions();
        double[] residuals = new double[features.events() * dimensions];
        for (int e = 0; e < features.events(); e++) {
            for (int d = 0; d < dimensions; d++) {
                int i = e * dimensions + d;
                residuals[i] = features.values()[i] - means[labels[e] * dimensions + d];
            }
        }
        return residuals;
    }

    /** What shrinkage puts on the diagonal of the user's covariance. */
    private static double shrunk(double[] residuals, int events, int dimensions) {
        double squares = 0;
        for (double residual : residuals) {
            squares += residual * residual;
        }
        return SHRINKAGE * squares / events / dimensions + 1e-9;
    }

    /** Replaces the columns [dimensions, count] by covariance^-1 columns, with the covariance itself. */
    private static void solveByDimensions(
            double[] residuals,
            int events,
            int dimensions,
            double[] columns,
            int count,
            Optional<SourceClasses> source) {
        double[] covariance = new double[dimensions * dimensions];
        double ofUser = source.isPresent() ? 1 - SOURCE_SHARE : 1;
        double share = ofUser / events;
        for (int e = 0; e < events; e++) {
            for (int i = 0; i < dimensions; i++) {
                double by = residuals[e * dimensions + i] * share;
                if (by != 0) {
                    for (int j = i; j < dimensions; j++) {
                        covariance[i * dimensions + j] += by * residuals[e * dimensions + j];
                    }
                }
            }
        }
        source.ifPresent(known -> known.addCovariance(covariance, SOURCE_SHARE));
        double trace = 0;
        for (int d = 0; d < dimensions; d++) {
            trace += covariance[d * dimensions + d];
        }
        for (int i = 0; i < covariance.length; i++) {
            covariance[i] *= 1 - SHRINKAGE;
        }
        for (int d = 0; d < dimensions; d++) {
            covariance[d * dimensions + d] += SHRINKAGE * trace / dimensions + 1e-9;
        }
        new PositiveDefiniteSystem(covariance, dimensions).solve(columns, count);
    }

    /**
     * The same where there are fewer events than dimensions, by Woodbury's identity: with X the residuals,
     *
     * <pre>  (a I + b X'X)^-1 M = (M - X' (a/b I + X X')^-1 X M) / a</pre>
     */
    private static void solveByEvents(double[] residuals, int events, int dimensions, double[] columns, int count) {
        double a = shrunk(residuals, events, dimensions);
        double ratio = a * events / (1 - SHRINKAGE);
        double[] products = new double[events * events];
        double[] projected = new double[events * count];
        for (int e = 0; e < events; e++) {
            for (int f = e; f < events; f++) {
                double sum = e == f ? ratio : 0;
                for (int d = 0; d < dimensions; d++) {
                    sum += residuals[e * dimensions + d] * residuals[f * dimensions + d];
                }
                products[e * events + f] = sum;
            }
            for (int d = 0; d < dimensions; d++) {
                for (int m = 0; m < count; m++) {
                    projected[e * count + m] += residuals[e * dimensions + d] * columns[d * count + m];
                }
            }
        }
        new PositiveDefiniteSystem(products, events).solve(projected, count);
        for (int e = 0; e < events; e++) {
            for (int d = 0; d < dimensions; d++) {
                for (int m = 0; m < count; m++) {
                    columns[d * count + m] -= residuals[e * dimensions + d] * projected[e * count + m];
                }
            }
        }
        for (int i = 0; i < columns.length; i++) {
            columns[i] /= a;
        }
    }
}
