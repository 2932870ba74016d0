package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.topology.labelling.Labelling;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Estimates without labels what a candidate gains over the source model. A cluster's name may be wrong for all of its events at
 * once, so the judge asks what would follow: it draws a class for each cluster from the belief in its names, many times over, and
 * counts each time what candidate and source model would have had right. No such estimate survives a change in what the classes
 * mean.
 */
final class GainJudge {
    /** A candidate that loses no more than this counts as no worse. */
    static final double TOLERANCE = 0.01;

    private static final int DRAWS = 1000;
    private static final double LOWER = 0.025;
    private static final double WIDENED = 0.07;

    /** The share of a cluster's events that are of its class, in clusters of spoken digits (0.94 to 0.98 by number of classes). */
    private static final double PURITY = 0.97;

    private final Labelling labelling;
    private final int[] source;
    private final int classes;
    private final int[][] draws;

    /**
     * @param source [events] the source model's answers
     * @param seed of the draws
     */
    GainJudge(Labelling labelling, int[] source, int classes, long seed) {
        this.labelling = labelling;
        this.source = source.clone();
        this.classes = classes;
        this.draws = draw(labelling, seed);
    }

    /**
     * The estimated accuracy of a candidate in comparison with the source model.
     *
     * @param accuracy of the candidate, with an interval that should hold the true one 19 times of 20
     * @param source the same of the source model
     * @param gain expected accuracy of the candidate less that of the source model
     * @param least the gain that the candidate has or exceeds 19 times of 20
     * @param probability that the candidate is no worse than the source model
     * @param signs observable quantities from which the probability was computed
     */
    record Judgement(
            AccuracyEstimate accuracy,
            AccuracyEstimate source,
            double gain,
            double least,
            double probability,
            GateModel.Signs signs) {}

    /**
     * Judges a candidate by its answers to the labelled events; one that was fitted to these labels is judged by answers to events
     * that it was not fitted to.
     */
    Judgement judge(int[] answers) {
        int clusters = labelling.names().length;
        int events = answers.length;
        double[][] ofCandidate = new double[clusters][classes];
        double[][] ofSource = new double[clusters][classes];
        for (int e = 0; e < events; e++) {
            ofCandidate[labelling.clusters()[e]][answers[e]] += 1.0 / events;
            ofSource[labelling.clusters()[e]][source[e]] += 1.0 / events;
        }
        double[] accuracies = new double[DRAWS];
        double[] sources = new double[DRAWS];
        double[] gains = new double[DRAWS];
        int losses = 0;
        for (int d = 0; d < DRAWS; d++) {
            for (int j = 0; j < clusters; j++) {
                accuracies[d] += ofCandidate[j][draws[d][j]];
                sources[d] += ofSource[j][draws[d][j]];
            }
            gains[d] = accuracies[d] - sources[d];
            losses += gains[d] < -TOLERANCE ? 1 : 0;
        }
        double gain = Arrays.stream(gains).average().orElse(0);
        Arrays.sort(gains);
        GateModel.Signs signs = signs(ofSource, answers, (double) losses / DRAWS);
        return new Judgement(
                estimate(accuracies),
                estimate(sources),
                gain,
                gains[(int) (2 * LOWER * DRAWS)],
                GateModel.probability(signs),
                signs);
    }

    private GateModel.Signs signs(double[][] ofSource, int[] answers, double loss) {
        int[] sizes = labelling.sizes();
        double impurity = 0;
        double swapped = 0;
        for (int j = 0; j < sizes.length; j++) {
            int most = 0;
            double share = 0;
            for (int c = 0; c < classes; c++) {
                share += ofSource[j][c];
                most = ofSource[j][c] > ofSource[j][most] ? c : most;
            }
            impurity += share - ofSource[j][most];
            swapped += most == labelling.names()[j] ? 0 : share;
        }
        int[] sorted = sizes.clone();
        Arrays.sort(sorted);
        double median = (sorted[sorted.length / 2] + sorted[(sorted.length - 1) / 2]) / 2.0;
        return new GateModel.Signs(
                loss,
                labelling.silhouette(),
                sizes.length,
                Math.log(sorted[sorted.length - 1] / Math.max(1, median)),
                impurity,
                swapped,
                Labelling.agreement(answers, labelling.labels()),
                Labelling.agreement(source, labelling.labels()),
                answers.length);
    }

    private static int[][] draw(Labelling labelling, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[][] draws = new int[DRAWS][labelling.names().length];
        for (int[] draw : draws) {
            for (int j = 0; j < draw.length; j++) {
                double[] belief = labelling.belief()[j];
                double left = random.nextDouble();
                int c = 0;
                while (c < belief.length - 1 && (left -= belief[c]) >= 0) {
                    c++;
                }
                draw[j] = labelling.candidates()[c];
            }
        }
        return draws;
    }

    private static AccuracyEstimate estimate(double[] drawn) {
        double mean = PURITY * Arrays.stream(drawn).average().orElse(0);
        double[] sorted = drawn.clone();
        Arrays.sort(sorted);
        double lower = PURITY * sorted[(int) (LOWER * DRAWS)] - WIDENED;
        double upper = PURITY * sorted[(int) ((1 - LOWER) * DRAWS)] + 1 - PURITY + WIDENED;
        return AccuracyEstimate.newBuilder()
                .setValue(Math.min(1, Math.max(0, mean)))
                .setLower(Math.max(0, Math.min(mean, lower)))
                .setUpper(Math.min(1, Math.max(mean, upper)))
                .build();
    }
}
