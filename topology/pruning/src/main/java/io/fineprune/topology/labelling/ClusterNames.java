package io.fineprune.topology.labelling;

import io.fineprune.topology.repair.LayerwiseModel.Answers;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Class names of a user's clusters: the assignment of distinct classes that the views' posteriors make likeliest, and
 * a belief for each cluster in each class. A cluster's belief is a softmax of what the views say of it, with weights
 * that were fitted to simulated users of spoken digits; then clusters make each other's classes less likely, since two
 * of them seldom share one.
 *
 * @param names [clusters] distinct classes
 * @param belief [clusters][candidates], rows summing to 1
 */
record ClusterNames(int[] names, double[][] belief) {
    private static final double FLOOR = 1e-3;
    private static final double ANSWER_FLOOR = 0.02;
    private static final int ROUNDS = 20;
    private static final double LEAST_LOG = -3;

    /** @param known how classes lie for users of the source data, if that was measured */
    static ClusterNames of(Partition partition, ModelViews views, int[] candidates, Optional<SourceUsers> known) {
        double[][] own = meanLog(partition, named(views), candidates);
        double[][] bySource = shares(partition, views.source(), candidates);
        double[][] byMixed = shares(partition, views.teacher(), candidates);
        double[][] byUniform = views.uniform().isEmpty()
                ? byMixed
                : shares(partition, views.uniform().get(0), candidates);
        Optional<ProfiledNames> profiled = known.map(users -> users.names(partition, views, own, candidates));
        double[][] scores = new double[own.length][candidates.length];
        for (int j = 0; j < own.length; j++) {
            for (int c = 0; c < candidates.length; c++) {
                double source = Math.log(bySource[j][c] + ANSWER_FLOOR);
                double mixed = Math.log(byMixed[j][c] + ANSWER_FLOOR);
                double uniform = Math.log(byUniform[j][c] + ANSWER_FLOOR);
                scores[j][c] = profiled.isPresent()
                        ? 0.36 * profiled.get().fit()[j][c]
                                + 0.42 * source
                                + 0.65 * uniform
                                + 0.36 * profiled.get().unshifted()[j][c]
                        : 0.21 * own[j][c] + 0.21 * source + 0.31 * mixed + 0.59 * uniform;
            }
        }
        int[] names = Arrays.stream(distinct(profiled.map(ProfiledNames::fit).orElse(own)))
                .map(c -> candidates[c])
                .toArray();
        return new ClusterNames(names, belief(scores));
    }

    private static List<Answers> named(ModelViews views) {
        return views.mixed().isPresent() ? List.of(views.source(), views.mixed().get()) : List.of(views.source());
    }

    /** A candidate of its own for each cluster, with the largest sum; every cluster counts alike, however many events it has. */
    static int[] distinct(double[][] gain) {
        double[][] square = new double[gain[0].length][gain[0].length];
        for (int j = 0; j < gain.length; j++) {
            square[j] = gain[j].clone();
        }
        return Arrays.copyOf(Assignment.maximize(square), gain.length);
    }

    private static double[][] belief(double[][] scores) {
        double[][] belief = softmax(scores);
        for (int round = 0; round < ROUNDS; round++) {
            double[] taken = new double[scores[0].length];
            double[][] logs = new double[scores.length][scores[0].length];
            for (int j = 0; j < scores.length; j++) {
                for (int c = 0; c < taken.length; c++) {
                    logs[j][c] = Math.max(LEAST_LOG, Math.log(Math.max(0, 1 - belief[j][c])));
                    taken[c] += logs[j][c];
                }
            }
            double[][] lessened = new double[scores.length][taken.length];
            for (int j = 0; j < scores.length; j++) {
                for (int c = 0; c < taken.length; c++) {
                    lessened[j][c] = scores[j][c] + taken[c] - logs[j][c];
                }
            }
            double[][] next = softmax(lessened);
            for (int j = 0; j < scores.length; j++) {
                for (int c = 0; c < taken.length; c++) {
                    belief[j][c] = 0.5 * belief[j][c] + 0.5 * next[j][c];
                }
            }
        }
        return belief;
    }

    private static double[][] softmax(double[][] scores) {
        double[][] shares = new double[scores.length][scores[0].length];
        for (int j = 0; j < scores.length; j++) {
            double largest = Arrays.stream(scores[j]).max().orElse(0);
            double sum = 0;
            for (int c = 0; c < scores[j].length; c++) {
                shares[j][c] = Math.exp(scores[j][c] - largest);
                sum += shares[j][c];
            }
            for (int c = 0; c < scores[j].length; c++) {
                shares[j][c] /= sum;
            }
        }
        return shares;
    }

    /**
     * Returns [clusters][candidates]: the mean over a cluster's events of the logarithm of the views' mean posterior.
     */
    private static double[][] meanLog(Partition partition, List<Answers> views, int[] candidates) {
        int[] sizes = partition.sizes();
        int[] clusters = partition.clusters();
        double[][] mean = new double[sizes.length][candidates.length];
        int classes = views.get(0).posterior().length / clusters.length;
        for (int e = 0; e < clusters.length; e++) {
            for (int c = 0; c < candidates.length; c++) {
                double posterior = 0;
                for (Answers view : views) {
                    posterior += view.posterior()[e * classes + candidates[c]] / views.size();
                }
                mean[clusters[e]][c] += Math.log(posterior + FLOOR) / sizes[clusters[e]];
            }
        }
        return mean;
    }

    /** Returns [clusters][candidates]: the share of a cluster's events that a view answers as each class. */
    private static double[][] shares(Partition partition, Answers view, int[] candidates) {
        int[] sizes = partition.sizes();
        int[] clusters = partition.clusters();
        double[][] shares = new double[sizes.length][candidates.length];
        int[] answers = Labelling.answers(view, view.posterior().length / clusters.length);
        for (int e = 0; e < clusters.length; e++) {
            int c = Arrays.binarySearch(candidates, answers[e]);
            if (c >= 0) {
                shares[clusters[e]][c] += 1.0 / sizes[clusters[e]];
            }
        }
        return shares;
    }

    /** The views' mean posterior of some classes, each row summing to one. */
    static double[][] columns(List<Answers> views, int events, int[] candidates) {
        int classes = views.get(0).posterior().length / events;
        double[][] some = new double[events][candidates.length];
        for (int e = 0; e < events; e++) {
            double sum = 0;
            for (int c = 0; c < candidates.length; c++) {
                for (Answers view : views) {
                    some[e][c] += view.posterior()[e * classes + candidates[c]] / views.size();
                }
                sum += some[e][c];
            }
            for (int c = 0; c < candidates.length; c++) {
                some[e][c] = sum > 0 ? some[e][c] / sum : 1.0 / candidates.length;
            }
        }
        return some;
    }
}
