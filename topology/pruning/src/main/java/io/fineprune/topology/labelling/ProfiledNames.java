package io.fineprune.topology.labelling;

import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.LayerParameters;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How well each class fits each cluster by where the clusters lie to each other: names and the shift that all clusters of a user
 * have in common are found in turns.
 *
 * @param fit [clusters][candidates] log-likelihood per component, less the user's shift, in the source model's activations
 * @param unshifted [clusters][candidates] the same in the activations of the model scaled to the user, which leaves no shift
 */
record ProfiledNames(double[][] fit, double[][] unshifted) {
    private static final int ROUNDS = 8;
    private static final double PROFILE = 4;
    private static final double OWN = 0.1;

    /**
     * @param own [clusters][candidates] mean log posterior of the cluster's events
     * @param candidates classes, rising
     */
    static ProfiledNames of(
            List<ClassProfile> profiles,
            LayerParameters last,
            Partition partition,
            ModelViews views,
            double[][] own,
            int[] candidates) {
        List<double[][]> placed =
                placed(profiles, last, partition, views.source().features(), views.classes());
        double[][] fit = mean(profiles, placed, candidates, null);
        int[] names = assigned(fit, own);
        for (int round = 0; round < ROUNDS; round++) {
            fit = mean(profiles, placed, candidates, names);
            int[] next = assigned(fit, own);
            if (Arrays.equals(next, names)) {
                break;
            }
            names = next;
        }
        List<double[][]> scaled =
                placed(profiles, last, partition, views.teacher().features(), views.classes());
        double[][] unshifted = new double[own.length][candidates.length];
        for (int p = 0; p < profiles.size(); p++) {
            ClassProfile profile = profiles.get(p);
            addColumns(
                    unshifted,
                    profile.fit(scaled.get(p), new double[profile.components()]),
                    candidates,
                    profiles.size());
        }
        return new ProfiledNames(fit, unshifted);
    }

    private static double[][] mean(
            List<ClassProfile> profiles, List<double[][]> placed, int[] candidates, int @Nullable [] names) {
        double[][] mean = new double[placed.get(0).length][candidates.length];
        for (int p = 0; p < profiles.size(); p++) {
            ClassProfile profile = profiles.get(p);
            double[][] fits = names == null
                    ? profile.fit(placed.get(p))
                    : profile.fit(
                            placed.get(p),
                            profile.shift(
                                    placed.get(p),
                                    Arrays.stream(names).map(n -> candidates[n]).toArray()));
            addColumns(mean, fits, candidates, profiles.size());
        }
        return mean;
    }

    private static void addColumns(double[][] mean, double[][] fits, int[] candidates, int count) {
        for (int j = 0; j < mean.length; j++) {
            for (int c = 0; c < candidates.length; c++) {
                mean[j][c] += fits[j][candidates[c]] / count;
            }
        }
    }

    private static int[] assigned(double[][] fit, double[][] own) {
        double[][] gain = new double[fit.length][fit[0].length];
        for (int j = 0; j < fit.length; j++) {
            for (int c = 0; c < gain[j].length; c++) {
                gain[j][c] = PROFILE * fit[j][c] + OWN * own[j][c];
            }
        }
        return ClusterNames.distinct(gain);
    }

    /** [clusters][components] of each profile: where the clusters' mean activations lie. */
    private static List<double[][]> placed(
            List<ClassProfile> profiles, LayerParameters last, Partition partition, Features features, int classes) {
        int[] sizes = partition.sizes();
        double[][] means = new double[sizes.length][features.dimensions()];
        for (int e = 0; e < features.events(); e++) {
            int j = partition.clusters()[e];
            for (int d = 0; d < features.dimensions(); d++) {
                means[j][d] += features.values()[e * features.dimensions() + d] / (double) sizes[j];
            }
        }
        double[][] ofInputs = Arrays.stream(means).map(profiles.get(0)::place).toArray(double[][]::new);
        double[][] ofOutputs = Arrays.stream(means)
                .map(mean -> profiles.get(1).place(ClassProfile.outputs(mean, last, classes)))
                .toArray(double[][]::new);
        return List.of(ofInputs, ofOutputs);
    }
}
