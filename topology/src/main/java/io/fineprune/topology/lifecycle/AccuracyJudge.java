package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.topology.repair.DiscriminantHead;
import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.PseudoLabels;

/**
 * Estimates accuracies without labels, from a user's clusters. Two views of an event are compared: the class that its cluster
 * was given, right with some reliability r, and the class that a model answers. If both err independently, they agree with
 * about accuracy times r; so the source model's accuracy is agreement / r, and a model that follows the clusters has
 * r * agreement. No such estimate survives a change in what the classes mean.
 */
final class AccuracyJudge {
    private static final double Z95 = 1.96;

    private final PseudoLabels clusters;

    AccuracyJudge(PseudoLabels clusters) {
        this.clusters = clusters;
    }

    /** Accuracy of a model that knows nothing of the clusters. */
    AccuracyEstimate independent(int[] answers) {
        double agreement = PseudoLabels.agreement(answers, clusters.labels());
        return estimate(agreement / Math.max(0.5, clusters.reliability()), answers.length);
    }

    /**
     * Accuracy of a head that is fitted to the clusters: each half of the events is judged by the head that the other half
     * yields.
     */
    AccuracyEstimate fitted(Features features, int classes) {
        int events = features.events();
        int agreeing = 0;
        for (int half = 0; half < 2; half++) {
            Features fit = half(features, 1 - half);
            Features test = half(features, half);
            int[] fitLabels = half(clusters.labels(), 1 - half);
            int[] answers = DiscriminantHead.fit(fit, fitLabels, classes).classify(test);
            agreeing +=
                    (int) Math.round(PseudoLabels.agreement(answers, half(clusters.labels(), half)) * answers.length);
        }
        return estimate(clusters.reliability() * agreeing / events, events);
    }

    /**
     * Accuracy of a model that answers as the source model does but for some events: on those, the source's own posterior says
     * what the change costs.
     *
     * @param posterior [events, classes] of the source model
     */
    AccuracyEstimate follower(AccuracyEstimate source, int[] sourceAnswers, int[] answers, float[] posterior) {
        int classes = posterior.length / Math.max(1, answers.length);
        double loss = 0;
        for (int e = 0; e < answers.length; e++) {
            loss += posterior[e * classes + sourceAnswers[e]] - posterior[e * classes + answers[e]];
        }
        return estimate(source.getValue() - loss / answers.length, answers.length);
    }

    /** Wilson's interval at 95 %, widened by what the clusters leave open. */
    private AccuracyEstimate estimate(double value, int events) {
        double p = Math.min(1, Math.max(0, value));
        double denominator = 1 + Z95 * Z95 / events;
        double center = (p + Z95 * Z95 / (2 * events)) / denominator;
        double half = Z95 * Math.sqrt(p * (1 - p) / events + Z95 * Z95 / (4.0 * events * events)) / denominator;
        double open = (1 - clusters.reliability()) / 2;
        return AccuracyEstimate.newBuilder()
                .setValue(p)
                .setLower(Math.max(0, Math.min(p, center - half - open)))
                .setUpper(Math.min(1, Math.max(p, center + half + open)))
                .build();
    }

    private static Features half(Features features, int which) {
        int dimensions = features.dimensions();
        int events = (features.events() + 1 - which) / 2;
        float[] values = new float[events * dimensions];
        for (int e = 0; e < events; e++) {
            System.arraycopy(features.values(), (2 * e + which) * dimensions, values, e * dimensions, dimensions);
        }
        return new Features(events, dimensions, values);
    }

    private static int[] half(int[] labels, int which) {
        int[] some = new int[(labels.length + 1 - which) / 2];
        for (int e = 0; e < some.length; e++) {
            some[e] = labels[2 * e + which];
        }
        return some;
    }
}
