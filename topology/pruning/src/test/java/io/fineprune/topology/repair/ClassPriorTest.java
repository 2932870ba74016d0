package io.fineprune.topology.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassPriorTest {
    private final SplittableRandom random = new SplittableRandom(7);

    /** Right with a chance; otherwise mistaken for any class, and surely so. */
    private float[] posterior(int[] truth, int classes, double right) {
        float[] posterior = new float[truth.length * classes];
        for (int e = 0; e < truth.length; e++) {
            int believed = random.nextDouble() < right ? truth[e] : random.nextInt(classes);
            for (int c = 0; c < classes; c++) {
                posterior[e * classes + c] = 0.02f / classes;
            }
            posterior[e * classes + believed] += 0.95f;
            posterior[e * classes + truth[e]] += 0.03f;
        }
        return posterior;
    }

    @Test
    void shouldFindTwoClassesOfAThousandInSixtyEvents() {
        int classes = 1001;
        int[] truth = IntStream.range(0, 60).map(e -> e % 2 == 0 ? 17 : 640).toArray();
        float[] posterior = posterior(truth, classes, 0.6);

        double[] sparse = ClassPrior.estimate(posterior, truth.length, classes);

        assertThat(ClassPrior.present(sparse)).containsExactly(17, 640);
        assertThat(sparse[17]).isBetween(0.35, 0.65);
        assertThat(ClassPrior.present(ClassPrior.mostLikely(posterior, truth.length, classes)))
                .as("classes that few events are mistaken for keep a share in the maximum-likelihood estimate")
                .hasSizeGreaterThan(5);
    }

    @Test
    void shouldKeepAllClassesWhenAllAreMetWithFewEventsOfEach() {
        for (int events : new int[] {30, 60, 400}) {
            int[] truth = IntStream.range(0, events).map(e -> e % 10).toArray();
            double[] prior = ClassPrior.estimate(posterior(truth, 10, 0.8), events, 10);
            assertThat(ClassPrior.present(prior)).as("of %d events", events).hasSize(10);
            assertThat(Arrays.stream(prior).sum()).isCloseTo(1, within(1e-9));
        }
    }

    @Test
    void shouldStayEvenWhenPosteriorsSayNothing() {
        float[] posterior = new float[20 * 4];
        Arrays.fill(posterior, 0.25f);
        assertThat(ClassPrior.estimate(posterior, 20, 4))
                .containsExactly(new double[] {0.25, 0.25, 0.25, 0.25}, within(1e-9));
    }
}
