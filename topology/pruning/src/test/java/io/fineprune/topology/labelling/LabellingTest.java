package io.fineprune.topology.labelling;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.LayerwiseModel.Answers;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabellingTest {
    private static final int CLASSES = 8;
    private static final int DIMENSIONS = 12;
    private static final int EVENTS = 160;

    private final SplittableRandom random = new SplittableRandom(11);

    /** Normal about the mean of the class; classes are the corners of a cube in the first dimensions. */
    private Features clusters(int[] truth, double noise) {
        float[] values = new float[truth.length * DIMENSIONS];
        for (int e = 0; e < truth.length; e++) {
            for (int d = 0; d < DIMENSIONS; d++) {
                double mean = d < CLASSES && d == truth[e] % CLASSES ? 3 : 0;
                values[e * DIMENSIONS + d] = (float) (mean + noise * random.nextGaussian());
            }
        }
        return new Features(truth.length, DIMENSIONS, values);
    }

    private static int[] inTurn(int... classes) {
        return IntStream.range(0, EVENTS).map(e -> classes[e % classes.length]).toArray();
    }

    /** Says the class with probability 0.8; the source model mistakes some events of a class for another. */
    private Answers answers(int[] truth, int classes, int confused, int with, double share) {
        float[] posterior = new float[truth.length * classes];
        for (int e = 0; e < truth.length; e++) {
            int said = truth[e] == confused && random.nextDouble() < share ? with : truth[e];
            Arrays.fill(posterior, e * classes, (e + 1) * classes, 0.2f / (classes - 1));
            posterior[e * classes + said] = 0.8f;
        }
        return new Answers(clusters(truth, 0.5), posterior);
    }

    private static Optional<Labelling> label(Answers source, Vocabulary vocabulary) {
        Answers seen = vocabulary.restrict(source);
        ModelViews views = new ModelViews(seen, Optional.empty(), List.of(), ModelViews.meanPosterior(List.of(seen)));
        return Labelling.of(views, vocabulary, Optional.empty());
    }

    @Test
    void shouldFindHowManyClassesAreMetAndWhich() {
        for (int[] classes :
                new int[][] {{1, 6}, {0, 3, 5}, {2, 3, 4, 7}, {0, 1, 2, 3, 4, 5}, {0, 1, 2, 3, 4, 5, 6, 7}}) {
            int[] truth = inTurn(classes);
            Labelling labelling = label(answers(truth, CLASSES, -1, -1, 0), Vocabulary.all(CLASSES))
                    .orElseThrow();
            assertThat(labelling.names()).containsExactlyInAnyOrder(classes);
            assertThat(labelling.labels()).isEqualTo(truth);
            assertThat(Arrays.stream(labelling.sizes()).sum()).isEqualTo(EVENTS);
            assertThat(labelling.silhouette()).isGreaterThan(0.3);
        }
    }

    @Test
    void shouldFollowTheClustersWhereTheModelConfusesTwoClasses() {
        int[] truth = inTurn(0, 1, 2, 3, 4);
        Answers source = answers(truth, CLASSES, 1, 2, 0.6);
        assertThat(Labelling.agreement(Labelling.answers(source, CLASSES), truth))
                .isLessThan(0.92);
        Labelling labelling = label(source, Vocabulary.all(CLASSES)).orElseThrow();
        assertThat(Labelling.agreement(labelling.labels(), truth)).isGreaterThan(0.98);
    }

    @Test
    void shouldDoubtTheNameOfAClusterThatTheModelCallsTwoThings() {
        int[] truth = inTurn(0, 1, 3);
        Labelling labelling = label(answers(truth, CLASSES, 1, 2, 0.5), Vocabulary.all(CLASSES))
                .orElseThrow();
        int doubtful = labelling.clusters()[1];
        int sure = labelling.clusters()[0];
        double[] belief = labelling.belief()[doubtful];
        assertThat(Math.abs(belief[1] - belief[2])).isLessThan(0.3);
        assertThat(labelling.belief()[sure][0]).isGreaterThan(Math.max(belief[1], belief[2]));
        for (double[] row : labelling.belief()) {
            assertThat(Arrays.stream(row).sum()).isCloseTo(1, org.assertj.core.api.Assertions.within(1e-9));
        }
    }

    @Test
    void shouldNameOnlyDeclaredClasses() {
        int[] truth = inTurn(0, 1, 2);
        Vocabulary declared =
                Vocabulary.of(List.of("a", "b", "c", "d", "e", "f", "g", "h"), List.of("f", "a", "b", "c"));
        Labelling labelling =
                label(answers(truth, CLASSES, 1, 7, 0.9), declared).orElseThrow();
        assertThat(Labelling.agreement(labelling.labels(), truth)).isGreaterThan(0.98);
        assertThat(labelling.candidates()).containsExactly(0, 1, 2, 5);
    }

    @Test
    void shouldSayNothingOfEventsThatAreAllOfOneClass() {
        float[] posterior = new float[EVENTS * CLASSES];
        for (int e = 0; e < EVENTS; e++) {
            posterior[e * CLASSES + 3] = 1;
        }
        Answers alike = new Answers(clusters(inTurn(3), 0.2), posterior);
        assertThat(label(alike, Vocabulary.all(CLASSES))
                        .map(l -> l.names().length)
                        .orElse(1))
                .isLessThanOrEqualTo(2);
    }

    @Test
    void shouldConsiderOfManyClassesThoseThatSomeViewAnswersMoreThanOnce() {
        int[] truth = IntStream.range(0, EVENTS).map(e -> e % 2 == 0 ? 17 : 640).toArray();
        Labelling labelling =
                label(answers(truth, 1001, 17, 12, 0.1), Vocabulary.all(1001)).orElseThrow();
        assertThat(labelling.candidates()).contains(12, 17, 640).hasSizeLessThan(50);
        assertThat(labelling.names()).containsExactlyInAnyOrder(17, 640);
        assertThat(Labelling.agreement(labelling.labels(), truth)).isEqualTo(1);
    }

    @Test
    void shouldLabelAlikeEachTime() {
        Answers source = answers(inTurn(0, 2, 5), CLASSES, 2, 5, 0.3);
        Labelling first = label(source, Vocabulary.all(CLASSES)).orElseThrow();
        assertThat(label(source, Vocabulary.all(CLASSES)).orElseThrow())
                .usingRecursiveComparison()
                .isEqualTo(first);
    }
}
