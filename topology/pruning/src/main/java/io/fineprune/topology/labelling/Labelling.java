package io.fineprune.topology.labelling;

import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.LayerwiseModel.Answers;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The likely class of each of a user's events, without labels, and how sure that is. The events are clustered by what several views
 * of them say together; a cluster's name is a guess that may be wrong for all of its events at once, so the belief is kept for
 * whole clusters.
 *
 * @param labels [events] the name of each event's cluster; a shared array, never written to
 * @param clusters [events] from 0; a shared array, never written to
 * @param names [clusters] distinct classes
 * @param candidates classes that a cluster may have, rising
 * @param belief [clusters][candidates] probability of each class, rows summing to 1
 * @param silhouette of the clusters, -1 to 1
 */
public record Labelling(
        int[] labels, int[] clusters, int[] names, int[] candidates, double[][] belief, double silhouette) {
    private static final int MOST_COMPONENTS = 30;
    private static final int FEWEST_COMPONENTS = 4;
    private static final double COMPONENTS_PER_EVENT = 0.2;

    /** In models with more classes than this, a class is only considered if some view answers it more than once. */
    private static final int ALL_CONSIDERED = 32;

    private static final int FEWEST_ANSWERS = 2;

    /** A class that no view answers is still considered if its posterior, summed over the events, reaches this. */
    private static final double FEWEST_EVENTS = 1.5;

    /**
     * Labels a user's events.
     *
     * @param users how classes lie for users of the source data, if that was measured
     * @return empty if all events seem to be of one class
     */
    public static Optional<Labelling> of(ModelViews views, Vocabulary vocabulary, Optional<SourceUsers> users) {
        int[] candidates = candidates(views, vocabulary);
        if (candidates.length < 2) {
            return Optional.empty();
        }
        List<Answers> mild =
                Stream.concat(Stream.of(views.source()), views.mixed().stream()).toList();
        double[][] points = points(mild, views.events());
        Partition best = partition(points, mild, candidates, vocabulary);
        double silhouette = best.silhouette(points);
        if (!views.uniform().isEmpty()) {
            List<Answers> strong = Stream.concat(views.uniform().stream(), Stream.of(views.source()))
                    .toList();
            Partition other = partition(points(strong, views.events()), strong, candidates, vocabulary);
            double ofOther = other.silhouette(points);
            if (ofOther > silhouette) {
                best = other;
                silhouette = ofOther;
            }
        }
        if (best.count() < 2) {
            return Optional.empty();
        }
        ClusterNames naming = ClusterNames.of(best, views, candidates, users);
        int[] clusters = best.clusters();
        int[] labels =
                IntStream.of(clusters).map(cluster -> naming.names()[cluster]).toArray();
        return Optional.of(new Labelling(labels, clusters, naming.names(), candidates, naming.belief(), silhouette));
    }

    public int events() {
        return labels.length;
    }

    /** Counts the events of each cluster. */
    public int[] sizes() {
        return new Partition(clusters, names).sizes();
    }

    private static double[][] points(List<Answers> views, int events) {
        int components =
                (int) Math.min(MOST_COMPONENTS, Math.max(FEWEST_COMPONENTS, Math.floor(COMPONENTS_PER_EVENT * events)));
        List<Features> features = views.stream().map(Answers::features).toList();
        return PrincipalComponents.project(features, components);
    }

    private static Partition partition(
            double[][] points, List<Answers> views, int[] candidates, Vocabulary vocabulary) {
        double[][] posterior = ClusterNames.columns(views, points.length, candidates);
        return new BackwardElimination(points, posterior, candidates, vocabulary.declared()).run();
    }

    private static int[] candidates(ModelViews views, Vocabulary vocabulary) {
        if (vocabulary.size() <= ALL_CONSIDERED) {
            return vocabulary.indices();
        }
        int classes = views.classes();
        boolean[] considered = new boolean[classes];
        for (Answers view : views.all()) {
            int[] counts = new int[classes];
            for (int answer : answers(view, classes)) {
                counts[answer]++;
                considered[answer] |= counts[answer] >= FEWEST_ANSWERS;
            }
            double[] mean = ModelViews.meanPosterior(List.of(view));
            for (int c = 0; c < classes; c++) {
                considered[c] |= mean[c] * views.events() >= FEWEST_EVENTS;
            }
        }
        return Arrays.stream(vocabulary.indices()).filter(c -> considered[c]).toArray();
    }

    /** Returns the class with the largest posterior for each event; of equal ones the one with the lowest index. */
    public static int[] answers(Answers view, int classes) {
        int events = view.features().events();
        int[] answers = new int[events];
        for (int e = 0; e < events; e++) {
            for (int c = 1; c < classes; c++) {
                if (view.posterior()[e * classes + c] > view.posterior()[e * classes + answers[e]]) {
                    answers[e] = c;
                }
            }
        }
        return answers;
    }

    /** Returns the share of events, 0 to 1, that have the same label in both arrays. */
    public static double agreement(int[] left, int[] right) {
        int equal = 0;
        for (int e = 0; e < left.length; e++) {
            equal += left[e] == right[e] ? 1 : 0;
        }
        return left.length == 0 ? 0 : (double) equal / left.length;
    }
}
