package io.fineprune.topology.repair;

import java.util.ArrayList;
import java.util.List;

/**
 * The likely class of each of a user's events, without labels: several clusterings of the features, each cluster named by
 * the model's posteriors, vote together with the posteriors themselves, and a discriminant smooths the result.
 *
 * <p>One clustering that begins at the model's own answers keeps what the model gets wrong throughout; one that begins
 * anywhere finds the user's real clusters but may misname them. Together they err far less.
 *
 * @param labels [events]; a shared array, never written to
 * @param reliability share of the events on which a voter agrees with the result, averaged over the voters: a guess at how
 *     many labels are right
 */
public record PseudoLabels(int[] labels, double reliability) {
    private static final int RESTARTS = 10;
    private static final double FLOOR = 1e-3;

    /**
     * The labels on which the voters settle.
     *
     * @param allPosterior [events, allClasses] of the model that yields the features
     * @param allClasses columns of the posterior
     * @param present classes that the user meets, rising; see {@link ClassPrior}
     * @param seed of the restarts
     */
    public static PseudoLabels vote(Features features, float[] allPosterior, int allClasses, int[] present, long seed) {
        int classes = present.length;
        float[] posterior = columns(allPosterior, features.events(), allClasses, present);
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
        int[] result = DiscriminantHead.selfTrain(features, mostLikely(combined, events, classes), classes);
        voters.add(mostLikely(posterior, events, classes));
        double agreement = 0;
        for (int[] voter : voters) {
            agreement += agreement(DiscriminantHead.selfTrain(features, voter, classes), result);
        }
        int[] labels = new int[events];
        for (int e = 0; e < events; e++) {
            labels[e] = present[result[e]];
        }
        return new PseudoLabels(labels, agreement / voters.size());
    }

    /** The share of places in which two labellings are equal. */
    public static double agreement(int[] left, int[] right) {
        int equal = 0;
        for (int e = 0; e < left.length; e++) {
            equal += left[e] == right[e] ? 1 : 0;
        }
        return left.length == 0 ? 0 : (double) equal / left.length;
    }

    private static float[] columns(float[] posterior, int events, int classes, int[] chosen) {
        float[] some = new float[events * chosen.length];
        for (int e = 0; e < events; e++) {
            for (int c = 0; c < chosen.length; c++) {
                some[e * chosen.length + c] = posterior[e * classes + chosen[c]];
            }
        }
        return some;
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
