package io.fineprune.topology.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.fineprune.topology.repair.LayerwiseModel.Answers;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PseudoLabelsTest {
    private static final int CLASSES = 5;
    private static final int DIMENSIONS = 12;
    private static final int EVENTS = 200;

    private final SplittableRandom random = new SplittableRandom(11);
    private final int[] truth = IntStream.range(0, EVENTS).map(e -> e % CLASSES).toArray();

    @Test
    void shouldNameTheRealClustersWhenTheModelConfusesTwoClasses() {
        Features features = clusters(0.25);
        float[] posterior = new float[EVENTS * CLASSES];
        for (int e = 0; e < EVENTS; e++) {
            boolean confused = truth[e] == 1 && random.nextInt(10) < 7;
            for (int c = 0; c < CLASSES; c++) {
                posterior[e * CLASSES + c] = 0.05f;
            }
            posterior[e * CLASSES + (confused ? 2 : truth[e])] = 0.8f;
        }
        double before = PseudoLabels.agreement(PseudoLabels.mostLikely(posterior, EVENTS, CLASSES), truth);

        PseudoLabels labels = PseudoLabels.of(List.of(new Answers(features, posterior)), CLASSES, 1);

        assertThat(before).isLessThan(0.9);
        assertThat(PseudoLabels.agreement(labels.labels(), truth)).isGreaterThan(0.99);
        assertThat(labels.reliability()).isBetween(0.8, 1.0);
    }

    @Test
    void shouldKeepAClassThatOnlyOneViewSees() {
        Features features = clusters(0.25);
        float[] blind = new float[EVENTS * CLASSES];
        float[] seeing = new float[EVENTS * CLASSES];
        for (int e = 0; e < EVENTS; e++) {
            for (int c = 0; c < CLASSES; c++) {
                seeing[e * CLASSES + c] = c == truth[e] ? 0.8f : 0.05f;
            }
            blind[e * CLASSES + truth[e] / 2] = 1;
        }
        PseudoLabels labels =
                PseudoLabels.of(List.of(new Answers(features, seeing), new Answers(features, blind)), CLASSES, 1);
        assertThat(labels.present()).hasSize(CLASSES);
    }

    @Test
    void shouldLeanOnTheModelsOwnLayerWhenEventsAreFew() {
        Features features = clusters(0.25);
        int[] some = IntStream.range(0, 4 * CLASSES).toArray();
        Features few = features.rows(some);
        DiscriminantHead head =
                DiscriminantHead.fit(few, IntStream.of(some).map(e -> truth[e]).toArray(), CLASSES);
        LayerParameters blended = head.with(new LayerParameters(head.weights(), head.bias()), few);
        // Twice the discriminant, brought to the scale of the model's own layer, and that layer once.
        assertThat(blended.weights()[0]).isCloseTo(3 * head.weights()[0], withinPercentage(1));
        assertThat(DiscriminantHead.classify(blended, features, CLASSES)).isEqualTo(truth);
    }

    @Test
    void shouldUseNoClassThatTheUserDoesNotMeet() {
        int[] present = {0, 3};
        float[] posterior = new float[EVENTS * CLASSES];
        for (int e = 0; e < EVENTS; e++) {
            posterior[e * CLASSES + present[truth[e] % 2]] = 0.8f;
            posterior[e * CLASSES + 4] = 0.2f;
        }
        int[] labels = PseudoLabels.of(List.of(new Answers(clusters(0.25), posterior)), CLASSES, 1)
                .labels();
        assertThat(Arrays.stream(labels).distinct().sorted().toArray()).containsExactly(0, 3);
    }

    @Test
    void shouldTrustTheSourceModelOnFewClassesWhenScalingSpreadsThemOverAll() {
        int[] present = {0, 3};
        float[] sharp = new float[EVENTS * CLASSES];
        float[] half = new float[EVENTS * CLASSES];
        float[] spread = new float[EVENTS * CLASSES];
        for (int e = 0; e < EVENTS; e++) {
            int met = e * CLASSES + present[truth[e] % 2];
            sharp[met] = 1;
            half[met] = 0.6f;
            half[e * CLASSES + truth[e]] += 0.4f;
            spread[met] = 0.2f;
            spread[e * CLASSES + truth[e]] += 0.8f;
        }
        Features features = clusters(0.25);
        Answers scaled = new Answers(features, spread);
        Answers byHalf = new Answers(features, half);
        Answers source = new Answers(features, sharp);
        assertThat(PseudoLabels.of(List.of(scaled), CLASSES, 1).present()).hasSize(CLASSES);
        assertThat(PseudoLabels.of(List.of(scaled, byHalf, source), CLASSES, 1).present())
                .containsExactly(present);
        assertThat(PseudoLabels.of(List.of(scaled, scaled, source), CLASSES, 1).present())
                .as("classes where half the strength changes most answers")
                .hasSize(CLASSES);
    }

    @Test
    void shouldGiveTheSameLabelsForTheSameSeed() {
        Features features = clusters(1.5);
        float[] posterior = new float[EVENTS * CLASSES];
        Arrays.fill(posterior, 1f / CLASSES);
        List<Answers> views = List.of(new Answers(features, posterior));
        PseudoLabels first = PseudoLabels.of(views, CLASSES, 3);
        PseudoLabels second = PseudoLabels.of(views, CLASSES, 3);
        assertThat(first.labels()).isEqualTo(second.labels());
        assertThat(first.witnesses()).usingRecursiveComparison().isEqualTo(second.witnesses());
    }

    @Test
    void shouldEstimateThePriorOfAUserWhoMeetsFewClasses() {
        float[] posterior = new float[EVENTS * CLASSES];
        for (int e = 0; e < EVENTS; e++) {
            Arrays.fill(posterior, e * CLASSES, (e + 1) * CLASSES, 0.1f);
            posterior[e * CLASSES + (e % 4 == 0 ? 1 : 3)] = 0.6f;
        }
        double[] prior = ClassPrior.estimate(posterior, EVENTS, CLASSES);
        assertThat(ClassPrior.present(prior)).containsExactly(1, 3);
        assertThat(prior[3]).isBetween(0.7, 0.9);
    }

    @Test
    void shouldAssignRowsToTheBestColumns() {
        assertThat(Assignment.maximize(new double[][] {{1, 9, 8}, {2, 9, 1}, {7, 6, 1}}))
                .containsExactly(2, 1, 0);
    }

    private Features clusters(double spread) {
        float[] centers = new float[CLASSES * DIMENSIONS];
        for (int i = 0; i < centers.length; i++) {
            centers[i] = (float) random.nextDouble(0, 2);
        }
        float[] values = new float[EVENTS * DIMENSIONS];
        for (int i = 0; i < values.length; i++) {
            values[i] = centers[truth[i / DIMENSIONS] * DIMENSIONS + i % DIMENSIONS]
                    + (float) (random.nextGaussian() * spread);
        }
        return new Features(EVENTS, DIMENSIONS, values);
    }
}
