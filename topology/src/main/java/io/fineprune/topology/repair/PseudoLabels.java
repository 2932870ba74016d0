package io.fineprune.topology.repair;

import java.util.ArrayList;
import java.util.List;

/**
 * The likely class of each of a user's events, without labels: several clusterings of the features, each cluster named by
 * the model's posteriors, vote together with the posteriors themselves, and a discriminant smooths the result.
 *
 * <p>One clustering that begins at the model's own answers keeps what the model gets wrong throughout; one that begins
 * anywhere finds the user's real clusters but may misname them. Together they err far less.
 */
public final class PseudoLabels {
    private static final int RESTARTS = 20;
    private static final double FLOOR = 1e-3;

    private PseudoLabels() {}

    /**
     * The labels on which the voters settle.
     *
     * @param posterior [events, classes] of the model that yields the features
     * @param classes all classes are taken to occur; see {@link ClassPrior} for users who meet few
     * @param seed of the restarts
     * @return [events]
     */
    public static int[] vote(Features features, float[] posterior, int classes, long seed) {
        int events = features.events();
        Features unit = features.normalized();
        Features centered = features.centered().normalized();
        List<int[]> voters = new ArrayList<>();
        voters.add(SphericalKMeans.refine(unit, classes, mostLikely(posterior, events, classes))
                .labels());
        voters.add(name(SphericalKMeans.restarts(unit, classes, RESTARTS, seed).labels(), posterior, classes));
        voters.add(name(
                SphericalKMeans.restarts(centered, classes, RESTARTS, seed + 1).labels(), posterior, classes));
        double[] votes = new double[events * classes];
        for (int[] voter : voters) {
            for (int e = 0; e < events; e++) {
                votes[e * classes + voter[e]] += 1.0 / voters.size();
            }
        }
        float[] combined = new float[votes.length];
        for (int i = 0; i < votes.length; i++) {
            combined[i] = (float) (votes[i] + posterior[i] / 2);
        }
        return DiscriminantHead.selfTrain(features, mostLikely(combined, events, classes), classes);
    }

    /** The class of the largest score in each row; the first of equals. */
    public static int[] mostLikely(float[] scores, int events, int classes) {
        int[] labels = new int[events];
        for (int e = 0; e < events; e++) {
            for (int c = 1; c < classes; c++) {
                if (scores[e * classes + c] > scores[e * classes + labels[e]]) {
                    labels[e] = c;
                }
            }
        }
        return labels;
    }

    /** Gives each cluster another class, so that the events' log posteriors are largest in total. */
    private static int[] name(int[] clusters, float[] posterior, int classes) {
        double[][] gain = new double[classes][classes];
        for (int e = 0; e < clusters.length; e++) {
            for (int c = 0; c < classes; c++) {
                gain[clusters[e]][c] += Math.log(posterior[e * classes + c] + FLOOR);
            }
        }
        int[] classOf = Assignment.maximize(gain);
        int[] labels = new int[clusters.length];
        for (int e = 0; e < labels.length; e++) {
            labels[e] = classOf[clusters[e]];
        }
        return labels;
    }
}
