package io.fineprune.topology.repair;

import io.fineprune.topology.repair.LayerwiseModel.Answers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The likely class of each of a user's events, without labels. The events are seen through several views, such as the source
 * model and the same model scaled to the user at two strengths: what one of them confuses another separates. Their features
 * are set beside each other and a mixture with one component for each class is fitted, anchored in the views' posteriors.
 *
 * @param labels [events]; a shared array, never written to
 * @param present classes that the user may meet, rising
 * @param witnesses other labellings of the same events, each from less: one view alone, or clusters found from nowhere and only
 *     named by the posteriors; shared arrays, never written to
 */
public record PseudoLabels(int[] labels, int[] present, List<int[]> witnesses) {
    private static final int RESTARTS = 10;
    private static final int MOST_COMPONENTS = 64;
    private static final double FLOOR = 1e-3;
    private static final double MOST_CLASSES = 0.75;
    private static final double STEADY_ANSWERS = 0.75;
    private static final double SHARES_OF_ALL = 0.25;
    private static final double SHARES_OF_FEW = 0.5;

    public PseudoLabels {
        witnesses = List.copyOf(witnesses);
    }

    /**
     * Labels events.
     *
     * @param views what models answer to the same events, at least one, in the order of {@link Views}; posteriors [events, classes]
     * @param seed of the clusterings that begin anywhere
     */
    public static PseudoLabels of(List<Answers> views, int classes, long seed) {
        int events = views.get(0).features().events();
        float[] mean = meanPosterior(views);
        int[] present = ClassPrior.present(ClassPrior.estimate(mean, events, classes));
        int widest = present.length;
        int[] bySource = present;
        for (Answers view : views) {
            bySource = ClassPrior.present(ClassPrior.estimate(view.posterior(), events, classes)); // the last view
            widest = Math.max(widest, bySource.length);
        }
        boolean most = widest >= MOST_CLASSES * classes && !surelyFew(views, present, bySource, classes);
        if (most) {
            present = seen(views, events, classes);
        }
        double shares = most ? SHARES_OF_ALL : SHARES_OF_FEW;
        int[] labels = label(views, classes, present, shares);
        List<int[]> witnesses = new ArrayList<>();
        if (views.size() > 1) {
            for (Answers view : views) {
                witnesses.add(label(List.of(view), classes, present, shares));
            }
        }
        Features first = views.get(0).features();
        double[][] posterior = columns(mean, events, classes, present);
        witnesses.add(clustered(first.normalized(), posterior, present, seed));
        witnesses.add(clustered(first.centered().normalized(), posterior, present, seed + 1));
        return new PseudoLabels(labels, present, witnesses);
    }

    /** The share of the events on which a witness agrees, averaged over the witnesses. */
    public double reliability() {
        return witnesses.stream()
                .mapToDouble(witness -> agreement(witness, labels))
                .average()
                .orElse(0);
    }

    /** The share of places in which two labellings are equal. */
    public static double agreement(int[] left, int[] right) {
        int equal = 0;
        for (int e = 0; e < left.length; e++) {
            equal += left[e] == right[e] ? 1 : 0;
        }
        return left.length == 0 ? 0 : (double) equal / left.length;
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

    /**
     * Scaling takes a user of few classes for one of many: it brings nodes that the absent classes drive to life. So where the
     * source model by itself and all views together find the same few classes, these are they; unless the source model answers
     * otherwise as soon as it is scaled by half: then it is lost rather than the user of few classes.
     */
    private static boolean surelyFew(List<Answers> views, int[] present, int[] bySource, int classes) {
        Answers source = views.get(views.size() - 1);
        Answers next = views.get(Math.max(0, views.size() - 2));
        int events = source.features().events();
        return present.length >= 2
                && present.length <= ClassPrior.FEW_CLASSES * classes
                && Arrays.equals(present, bySource)
                && agreement(
                                mostLikely(source.posterior(), events, classes),
                                mostLikely(next.posterior(), events, classes))
                        >= STEADY_ANSWERS;
    }

    /**
     * A user who meets nearly all classes, by any view, more likely meets the others too, confused with them, than not: then a
     * class counts unless no view ever thinks of it.
     */
    private static int[] seen(List<Answers> views, int events, int classes) {
        double[] most = new double[classes];
        for (Answers view : views) {
            double[] mean = new double[classes];
            for (int i = 0; i < view.posterior().length; i++) {
                mean[i % classes] += view.posterior()[i] / events;
            }
            for (int c = 0; c < classes; c++) {
                most[c] = Math.max(most[c], mean[c]);
            }
        }
        return ClassPrior.present(most);
    }

    private static int[] label(List<Answers> views, int classes, int[] present, double shares) {
        int events = views.get(0).features().events();
        double[][] points = PrincipalComponents.project(
                views.stream().map(Answers::features).toList(),
                Math.min(MOST_COMPONENTS, Math.max(20, 2 * present.length)));
        double[][] posterior = columns(meanPosterior(views), events, classes, present);
        return named(new AnchoredMixture(points, posterior, shares).labels(), present);
    }

    private static int[] clustered(Features unit, double[][] posterior, int[] present, long seed) {
        int[] clusters =
                SphericalKMeans.restarts(unit, present.length, RESTARTS, seed).labels();
        double[][] gain = new double[present.length][present.length];
        for (int e = 0; e < clusters.length; e++) {
            for (int c = 0; c < present.length; c++) {
                gain[clusters[e]][c] += Math.log(posterior[e][c] + FLOOR);
            }
        }
        int[] classOf = Assignment.maximize(gain);
        return IntStream.of(clusters).map(cluster -> present[classOf[cluster]]).toArray();
    }

    private static int[] named(int[] labels, int[] present) {
        return IntStream.of(labels).map(label -> present[label]).toArray();
    }

    private static float[] meanPosterior(List<Answers> views) {
        float[] mean = new float[views.get(0).posterior().length];
        for (Answers view : views) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += view.posterior()[i] / views.size();
            }
        }
        return mean;
    }

    /** The columns of the classes that are present, each row summing to one. */
    private static double[][] columns(float[] posterior, int events, int classes, int[] present) {
        double[][] some = new double[events][present.length];
        for (int e = 0; e < events; e++) {
            double sum = 0;
            for (int c = 0; c < present.length; c++) {
                some[e][c] = posterior[e * classes + present[c]];
                sum += some[e][c];
            }
            if (sum > 0) {
                for (int c = 0; c < present.length; c++) {
                    some[e][c] /= sum;
                }
            } else {
                Arrays.fill(some[e], 1.0 / present.length);
            }
        }
        return some;
    }
}
