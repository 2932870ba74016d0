package io.fineprune.topology.testing;

import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.repair.DiscriminantHead;
import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.LayerParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A source model and users of it, drawn from a generator whose truth is known: every class has a mean, every user shifts all of
 * them and each a little more, and events vary about that. The model's hidden layers are random, its last one is fitted to the
 * events of the source users.
 */
public final class SpokenWords {
    public static final int CLASSES = 6;

    private static final int DIMENSIONS = 10;
    private static final int[] WIDTHS = {DIMENSIONS, 40, 30, CLASSES};
    private static final int SOURCE_USERS = 8;
    private static final int EVENTS_PER_CLASS = 40;

    private final SplittableRandom random;
    private final double[][] means = new double[CLASSES][DIMENSIONS];
    private final DenseLayerwise model;

    /** Events and their true classes. */
    public record Events(List<ModelInput> inputs, int[] truth) {
        public double accuracy(int[] answers) {
            int right = 0;
            for (int e = 0; e < truth.length; e++) {
                right += answers[e] == truth[e] ? 1 : 0;
            }
            return (double) right / truth.length;
        }
    }

    /** A user of the model: what the source users have in common with the user, and what not. */
    public final class User {
        private final double[][] own;
        private final double noise;

        private User(double shift, double noise) {
            this.noise = noise;
            double[] common = gaussian(shift);
            this.own = new double[CLASSES][];
            for (int c = 0; c < CLASSES; c++) {
                double[] beyond = gaussian(shift / 4);
                own[c] = new double[DIMENSIONS];
                for (int d = 0; d < DIMENSIONS; d++) {
                    own[c][d] = means[c][d] + common[d] + beyond[d];
                }
            }
        }

        /** The classes in turn. */
        public Events events(int count, int... classes) {
            List<ModelInput> inputs = new ArrayList<>();
            int[] truth = new int[count];
            for (int e = 0; e < count; e++) {
                truth[e] = classes[e % classes.length];
                double[] about = gaussian(noise);
                float[] values = new float[DIMENSIONS];
                for (int d = 0; d < DIMENSIONS; d++) {
                    values[d] = (float) (own[truth[e]][d] + about[d]);
                }
                inputs.add(new ModelInput.Values(values));
            }
            return new Events(inputs, truth);
        }
    }

    public SpokenWords(long seed) {
        this.random = new SplittableRandom(seed);
        for (double[] mean : means) {
            System.arraycopy(gaussian(1), 0, mean, 0, DIMENSIONS);
        }
        Architecture architecture = new TinyNet("words", seed, 8, WIDTHS).architecture();
        List<LayerParameters> layers = new ArrayList<>();
        for (int l = 0; l < WIDTHS.length - 1; l++) {
            float[] weights = new float[WIDTHS[l] * WIDTHS[l + 1]];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (float) (random.nextGaussian() / Math.sqrt(WIDTHS[l]));
            }
            layers.add(new LayerParameters(weights, new float[WIDTHS[l + 1]]));
        }
        List<ModelInput> inputs = new ArrayList<>();
        int[] labels = new int[SOURCE_USERS * CLASSES * EVENTS_PER_CLASS];
        for (int u = 0; u < SOURCE_USERS; u++) {
            Events events = user(0.3, 0.4).events(CLASSES * EVENTS_PER_CLASS, all());
            System.arraycopy(events.truth(), 0, labels, inputs.size(), events.truth().length);
            inputs.addAll(events.inputs());
        }
        DenseLayerwise untrained = new DenseLayerwise(architecture, layers);
        Features features = untrained.answer(inputs, Map.of()).features();
        DiscriminantHead head = DiscriminantHead.fit(features, labels, CLASSES);
        layers.set(layers.size() - 1, head.layer());
        this.model = new DenseLayerwise(architecture, layers).calibrated(inputs, labels, byUser(features, labels));
    }

    private static double[][][] byUser(Features features, int[] labels) {
        int dimensions = features.dimensions();
        double[][][] means = new double[SOURCE_USERS][CLASSES][dimensions];
        for (int e = 0; e < labels.length; e++) {
            for (int d = 0; d < dimensions; d++) {
                means[e / (CLASSES * EVENTS_PER_CLASS)][labels[e]][d] +=
                        features.values()[e * dimensions + d] / (double) EVENTS_PER_CLASS;
            }
        }
        return means;
    }

    public DenseLayerwise model() {
        return model;
    }

    /**
     * A new user.
     *
     * @param shift deviation of what moves all the user's classes; source users have 0.3
     * @param noise deviation of the events of a class; source users have 0.4
     */
    public User user(double shift, double noise) {
        return new User(shift, noise);
    }

    /** Every class. */
    public static int[] all() {
        int[] all = new int[CLASSES];
        for (int c = 0; c < CLASSES; c++) {
            all[c] = c;
        }
        return all;
    }

    private double[] gaussian(double deviation) {
        double[] values = new double[DIMENSIONS];
        for (int d = 0; d < DIMENSIONS; d++) {
            values[d] = deviation * random.nextGaussian();
        }
        return values;
    }
}
