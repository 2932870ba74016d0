package io.fineprune.topology.repair;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A last layer for a user, and what it answers to events that it was not fitted to: those of each part of the events are answered
 * by the head that the others yield.
 *
 * @param head in the place of the model's last layer, in its full shape
 * @param answers [events] of the heads that did not see the event; a shared array, never written to
 */
public record HeadFit(LayerParameters head, int[] answers) {
    private static final int PARTS = 5;

    /** The share of the user's own events that may go to classes which no event has. */
    private static final double SHARE_TO_ABSENT = 0.02;

    /** The bias of absent classes counts in full from some multiples of so many events on. */
    private static final double CAUTION_EVENTS = 50;

    /**
     * The model and classes that a head is fitted for.
     *
     * @param classes of the model
     * @param answerable [classes] those that may be answered although no event has them
     * @param own the last layer of the model that the features come from
     * @param kept inputs of the last layer that are left, rising
     * @param source how the classes lie on the source data in all the inputs of the last layer, if known
     */
    public record Frame(
            int classes, boolean[] answerable, LayerParameters own, int[] kept, Optional<SourceClasses> source) {
        private Frame only(Features all) {
            if (kept.length == all.dimensions()) {
                return this;
            }
            float[] weights = new float[kept.length * classes];
            for (int i = 0; i < kept.length; i++) {
                System.arraycopy(own.weights(), kept[i] * classes, weights, i * classes, classes);
            }
            return new Frame(
                    classes,
                    answerable,
                    new LayerParameters(weights, own.biases()),
                    kept,
                    source.map(known -> known.only(kept)));
        }

        private LayerParameters whole(LayerParameters some, int dimensions) {
            float[] weights = new float[dimensions * classes];
            for (int i = 0; i < kept.length; i++) {
                System.arraycopy(some.weights(), i * classes, weights, kept[i] * classes, classes);
            }
            return new LayerParameters(weights, some.biases());
        }
    }

    /**
     * A discriminant head for labelled events, blended with the model's own last layer.
     *
     * @param features [events, inputs of the last layer]
     * @param labels [events]
     */
    public static HeadFit toLabels(Features features, int[] labels, Frame frame) {
        Frame some = frame.only(features);
        Features left = features.columns(frame.kept());
        int events = features.events();
        int classes = frame.classes();
        double[] scores = new double[events * classes];
        for (int part = 0; part < PARTS; part++) {
            int which = part;
            int[] fit =
                    IntStream.range(0, events).filter(e -> e % PARTS != which).toArray();
            int[] test =
                    IntStream.range(0, events).filter(e -> e % PARTS == which).toArray();
            if (fit.length == 0 || test.length == 0) {
                continue;
            }
            LayerParameters head = blended(
                    left.rows(fit), IntStream.of(fit).map(e -> labels[e]).toArray(), some);
            double[] answered = scores(head, left.rows(test), classes);
            for (int i = 0; i < test.length; i++) {
                System.arraycopy(answered, i * classes, scores, test[i] * classes, classes);
            }
        }
        boolean[] met = new boolean[classes];
        for (int label : labels) {
            met[label] = true;
        }
        LayerParameters head = blended(left, labels, some);
        double bias = openness(scores, met, frame);
        return new HeadFit(
                frame.whole(biased(head, bias, met), features.dimensions()), answers(scores, bias, met, classes));
    }

    /**
     * The model's own last layer with the logarithm of a class prior as biases.
     *
     * @param features [events, inputs of the last layer]
     * @param prior [classes], summing to 1; a class with less than half an event counts as absent
     */
    public static HeadFit toPrior(Features features, double[] prior, Frame frame) {
        int classes = frame.classes();
        boolean[] met = new boolean[classes];
        float[] biases = new float[classes];
        for (int c = 0; c < classes; c++) {
            met[c] = prior[c] * features.events() >= 0.5;
            biases[c] = met[c]
                    ? frame.own().biases()[c] + (float) Math.log(prior[c])
                    : frame.answerable()[c] ? frame.own().biases()[c] : DiscriminantHead.ABSENT;
        }
        LayerParameters head = new LayerParameters(frame.own().weights(), biases);
        double[] scores = scores(head, features, classes);
        double bias = openness(scores, met, frame);
        return new HeadFit(biased(head, bias, met), answers(scores, bias, met, classes));
    }

    /** What a last layer answers: the largest output of each event, the first of equals. */
    public static int[] answers(LayerParameters layer, Features features, int classes) {
        return answers(scores(layer, features, classes), 0, new boolean[classes], classes);
    }

    private static LayerParameters blended(Features features, int[] labels, Frame some) {
        return DiscriminantHead.fit(features, labels, some.classes(), some.source())
                .with(some.own(), features, some.answerable());
    }

    /**
     * The bias on all absent classes alike with which at most {@value #SHARE_TO_ABSENT} of the user's own events go to one of them,
     * shrunk where there are few events to tell from.
     */
    private static double openness(double[] scores, boolean[] met, Frame frame) {
        int classes = frame.classes();
        int events = scores.length / classes;
        double[] margins = new double[events];
        boolean open = false;
        for (int e = 0; e < events; e++) {
            double present = Double.NEGATIVE_INFINITY;
            double absent = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                if (met[c]) {
                    present = Math.max(present, scores[e * classes + c]);
                } else if (frame.answerable()[c]) {
                    absent = Math.max(absent, scores[e * classes + c]);
                    open = true;
                }
            }
            margins[e] = present - absent;
        }
        if (!open) {
            return 0;
        }
        Arrays.sort(margins);
        double threshold = margins[(int) Math.floor(SHARE_TO_ABSENT * events)];
        return threshold > 0 ? threshold * events / (events + CAUTION_EVENTS) : threshold;
    }

    private static LayerParameters biased(LayerParameters head, double bias, boolean[] met) {
        float[] biases = head.biases().clone();
        for (int c = 0; c < biases.length; c++) {
            if (!met[c] && biases[c] != DiscriminantHead.ABSENT) {
                biases[c] += (float) bias;
            }
        }
        return new LayerParameters(head.weights(), biases);
    }

    private static int[] answers(double[] scores, double bias, boolean[] met, int classes) {
        int[] answers = new int[scores.length / classes];
        for (int e = 0; e < answers.length; e++) {
            double best = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                double score = scores[e * classes + c] + (met[c] ? 0 : bias);
                if (score > best) {
                    best = score;
                    answers[e] = c;
                }
            }
        }
        return answers;
    }

    private static double[] scores(LayerParameters layer, Features features, int classes) {
        int dimensions = features.dimensions();
        double[] scores = new double[features.events() * classes];
        for (int e = 0; e < features.events(); e++) {
            int row = e * classes;
            for (int c = 0; c < classes; c++) {
                scores[row + c] = layer.biases()[c];
            }
            for (int d = 0; d < dimensions; d++) {
                float value = features.values()[e * dimensions + d];
                if (value != 0) {
                    for (int c = 0; c < classes; c++) {
                        scores[row + c] += value * layer.weights()[d * classes + c];
                    }
                }
            }
        }
        return scores;
    }
}
