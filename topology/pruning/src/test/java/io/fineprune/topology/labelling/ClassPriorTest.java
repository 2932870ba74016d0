package io.fineprune.topology.labelling;

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
    void shouldGiveTwoClassesOfAThousandMostOfThePrior() {
        int[] truth = IntStream.range(0, 60).map(e -> e % 2 == 0 ? 17 : 640).toArray();
        double[] prior = ClassPrior.mostLikely(posterior(truth, 1001, 0.6), truth.length, 1001);
        assertThat(prior[17]).isBetween(0.2, 0.65);
        assertThat(prior[640]).isBetween(0.2, 0.65);
        assertThat(Arrays.stream(prior).sum()).isCloseTo(1, within(1e-9));
    }

    @Test
    void shouldStayEvenWhenPosteriorsSayNothing() {
        float[] posterior = new float[20 * 4];
        Arrays.fill(posterior, 0.25f);
        assertThat(ClassPrior.mostLikely(posterior, 20, 4))
                .containsExactly(new double[] {0.25, 0.25, 0.25, 0.25}, within(1e-9));
        assertThat(ClassPrior.mostLikely(new float[8], 2, 4))
                .containsExactly(new double[] {0.25, 0.25, 0.25, 0.25}, within(1e-9));
    }
}
