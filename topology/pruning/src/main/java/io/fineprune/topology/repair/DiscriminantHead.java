package io.fineprune.topology.repair;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Class prototypes with a common within-class covariance: linear discriminant analysis with shrinkage on pseudo-labels. Where
 * plain prototypes compare directions, this also discounts the directions in which the events of one class differ among
 * themselves. It is an ordinary dense layer, so it takes the place of the model's last one at no cost.
 *
 * @param dimensions features
 * @param classes outputs
 * @param weights [dimensions, classes]
 * @param bias [classes]; a class that no event has gets {@link #ABSENT}
 */
public record DiscriminantHead(int dimensions, int classes, float[] weights, float[] bias) {
    /** The bias of a class without events: its posterior vanishes. */
    public static final float ABSENT = -1e4f;

    private static final double SHRINKAGE = 0.3;
    private static final double LEAST_WEIGHT = 2;
    private static final double WEIGHT_PER_EVENT = 0.2;

    /**
     * Fits means and the common covariance to labels.
     *
     * @param labels [events]
     * @throws IllegalArgumentException if there are no events
     */
    public static DiscriminantHead fit(Features features, int[] labels, int classes) {
        int events = features.events();
        int dimensions = features.dimensions();
        if (events == 0) {
            throw new IllegalArgumentException("Expected at least one event to fit a head to, but was none");
        }
        int[] counts = new int[classes];
        double[] means = means(features, labels, classes, counts);
        int[] met = IntStream.range(0, classes).filter(c -> counts[c] > 0).toArray();
        double[] columns = new double[dimensions * met.length];
        for (int m = 0; m < met.length; m++) {
            for (int d = 0; d < dimensions; d++) {
                columns[d * met.length + m] = means[met[m] * dimensions + d];
            }
        }
        double[] residuals = residuals(features, labels, means);
        if (events < dimensions) {
            solveByEvents(residuals, events, dimensions, columns, met.length);
        } else {
            solveByDimensions(residuals, events, dimensions, columns, met.length);
        }
        double[] solved = new double[dimensions * classes];
        for (int m = 0; m < met.length; m++) {
            for (int d = 0; d < dimensions; d++) {
                solved[d * classes + met[m]] = columns[d * met.length + m];
            }
        }
        float[] weights = new float[solved.length];
        for (int i = 0; i < solved.length; i++) {
            weights[i] = Float16.round((float) solved[i]);
        }
        float[] bias = new float[classes];
        for (int c = 0; c < classes; c++) {
            double half = 0;
            for (int d = 0; d < dimensions; d++) {
                half += means[c * dimensions + d] * solved[d * classes + c];
            }
            bias[c] = counts[c] == 0 ? ABSENT : (float) (-half / 2);
        }
        return new DiscriminantHead(dimensions, classes, weights, bias);
    }

    /** In the place of the model's last layer. */
    public LayerParameters layer() {
        return new LayerParameters(weights, bias);
    }

    /**
     * This head and the model's own last layer in one: both are linear in the same features, so their weighted sum is a dense
     * layer too. The more events each class has, the more the discriminant counts; with few of them the model's own knowledge
     * of the classes steadies it.
     *
     * @param own the model's last layer, on the same features
     * @param features that this head was fitted to
     */
    public LayerParameters with(LayerParameters own, Features features) {
        int[] met = IntStream.range(0, classes).filter(c -> bias[c] != ABSENT).toArray();
        double mine = spread(features, weights, bias, met);
        double theirs = spread(features, own.weights(), own.biases(), met);
        double weight = Math.max(LEAST_WEIGHT, WEIGHT_PER_EVENT * features.events() / met.length);
        double factor = mine > 0 && theirs > 0 ? weight * theirs / mine : 1;
        float[] blended = new float[weights.length];
        float[] offsets = new float[classes];
        Arrays.fill(offsets, ABSENT);
        for (int c : met) {
            for (int d = 0; d < dimensions; d++) {
                int i = d * classes + c;
                blended[i] = Float16.round((float) (factor * weights[i] + own.weights()[i]));
            }
            offsets[c] = (float) (factor * bias[c] + own.biases()[c]);
        }
        return new LayerParameters(blended, offsets);
    }

    /** Deviation of the outputs of some classes about their mean in each event. */
    private double spread(Features features, float[] by, float[] from, int[] met) {
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

    /** The class of each event under a dense layer in this head's place. */
    public static int[] classify(LayerParameters layer, Features features, int classes) {
        return new DiscriminantHead(features.dimensions(), classes, layer.weights(), layer.biases()).classify(features);
    }

    /** The class of each event: the largest output, the first of equals. */
    public int[] classify(Features features) {
        double[] scores = new double[classes];
        int[] labels = new int[features.events()];
        for (int e = 0; e < labels.length; e++) {
            for (int c = 0; c < classes; c++) {
                scores[c] = bias[c];
            }
            for (int d = 0; d < dimensions; d++) {
                float value = features.values()[e * dimensions + d];
                for (int c = 0; c < classes; c++) {
                    scores[c] += value * weights[d * classes + c];
                }
            }
            for (int c = 1; c < classes; c++) {
                if (scores[c] > scores[labels[e]]) {
                    labels[e] = c;
                }
            }
        }
        return labels;
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

    /** What shrinkage puts on the diagonal of the covariance. */
    private static double shrunk(double[] residuals, int events, int dimensions) {
        double squares = 0;
        for (double residual : residuals) {
            squares += residual * residual;
        }
        return SHRINKAGE * squares / events / dimensions + 1e-9;
    }

    /** Replaces the columns [dimensions, count] by covariance^-1 columns, with the covariance itself. */
    private static void solveByDimensions(double[] residuals, int events, int dimensions, double[] columns, int count) {
        double[] covariance = new double[dimensions * dimensions];
        double share = (1 - SHRINKAGE) / events;
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
        double diagonal = shrunk(residuals, events, dimensions);
        for (int d = 0; d < dimensions; d++) {
            covariance[d * dimensions + d] += diagonal;
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
