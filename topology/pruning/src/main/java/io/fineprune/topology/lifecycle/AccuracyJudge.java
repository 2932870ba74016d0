package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.topology.repair.DiscriminantHead;
import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.PseudoLabels;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * Estimates without labels whether a candidate is more accurate than the source model, and how accurate both are.
 *
 * <p>The comparison is paired: only the events on which the two disagree count, and on each of them the witnesses of the labels
 * take sides. A candidate that follows the labels is judged by answers of its own that those labels did not make. The estimated
 * accuracy is the agreement with the labels, discounted by the witnesses' doubts about them. No such estimate survives a
 * change in what the classes mean.
 */
final class AccuracyJudge {
    private static final int PARTS = 10;
    private static final double Z90 = 1.645;
    private static final double Z95 = 1.96;
    private static final double FUTURE_EVENTS = 50;
    private static final double JOINT_DOUBT = 0.5;
    private static final double LEAST_DOUBT = 0.03;

    private final PseudoLabels labels;
    private final int[] source;

    /** @param source the source model's answers to the events that are labelled */
    AccuracyJudge(PseudoLabels labels, int[] source) {
        this.labels = labels;
        this.source = source.clone();
    }

    /**
     * What is thought of a candidate.
     *
     * @param accuracy of the candidate, with an interval that should hold the accuracy over the next 50 events 19 times of 20
     * @param source the same of the source model
     * @param gain estimated accuracy of the candidate less that of the source model
     * @param error standard error of the gain: that of counting, and what witnesses may get wrong together, the fewer the more
     */
    record Judgement(AccuracyEstimate accuracy, AccuracyEstimate source, double gain, double error) {
        /** The gain that the candidate has or exceeds 19 times of 20. */
        double least() {
            return gain - Z90 * error;
        }
    }

    /** Judges a candidate by its answers. */
    Judgement judge(int[] answers) {
        double sum = 0;
        double squares = 0;
        for (int e = 0; e < answers.length; e++) {
            double sides = 0;
            if (answers[e] != source[e]) {
                for (int[] witness : labels.witnesses()) {
                    sides += witness[e] == answers[e] ? 1 : witness[e] == source[e] ? -1 : 0;
                }
            }
            sides /= labels.witnesses().size();
            sum += sides;
            squares += sides * sides;
        }
        int events = answers.length;
        double gain = sum / events;
        double reliability = labels.reliability();
        double agreement = PseudoLabels.agreement(answers, labels.labels());
        double accuracy = agreement * (1 + reliability) / 2;
        double doubt = LEAST_DOUBT + (1 - agreement * reliability) / 4;
        // One more event of disagreement than was seen: a candidate that never disagreed may yet.
        double counting = Math.sqrt(Math.max(0, (squares + 1) / events - gain * gain) / events);
        double together = JOINT_DOUBT / labels.witnesses().size() * (1 - PseudoLabels.agreement(answers, source));
        double error = Math.hypot(counting, together);
        return new Judgement(estimate(accuracy, doubt, events), estimate(accuracy - gain, doubt, events), gain, error);
    }

    /**
     * What a head that is fitted to the labels answers to events that it was not fitted to: each tenth of the events is answered
     * by the head that the others yield.
     *
     * @param own the candidate's own last layer
     */
    int[] crossFitted(Features features, LayerParameters own, int classes) {
        return crossFitted(
                features,
                labels.labels(),
                classes,
                (known, some) -> DiscriminantHead.fit(known, some, classes).with(own, known));
    }

    /** The same with any head: made of some of the features and their labels. */
    static int[] crossFitted(
            Features features, int[] labels, int classes, BiFunction<Features, int[], LayerParameters> fitter) {
        int events = features.events();
        int[] answers = new int[events];
        for (int part = 0; part < PARTS; part++) {
            int which = part;
            int[] fit =
                    IntStream.range(0, events).filter(e -> e % PARTS != which).toArray();
            int[] test =
                    IntStream.range(0, events).filter(e -> e % PARTS == which).toArray();
            LayerParameters head = fitter.apply(
                    features.rows(fit), IntStream.of(fit).map(e -> labels[e]).toArray());
            int[] answered = DiscriminantHead.classify(head, features.rows(test), classes);
            for (int i = 0; i < test.length; i++) {
                answers[test[i]] = answered[i];
            }
        }
        return answers;
    }

    /** Around the value: what counting gives, for the events seen and some to come, and what the labels leave open. */
    private static AccuracyEstimate estimate(double value, double doubt, int events) {
        double p = Math.min(1, Math.max(0, value));
        double inside = Math.min(0.98, Math.max(0.02, p));
        double half = Z95 * Math.sqrt(inside * (1 - inside) * (1.0 / events + 1 / FUTURE_EVENTS) + doubt * doubt);
        return AccuracyEstimate.newBuilder()
                .setValue(p)
                .setLower(Math.max(0, p - half))
                .setUpper(Math.min(1, p + half))
                .build();
    }
}
