package io.fineprune.topology.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiscriminantHeadTest {
    private static final int EVENTS = 30;
    private static final int CLASSES = 7;
    private static final double SHRINKAGE = 0.3;

    /** Both with fewer events than dimensions and with more, the weights solve the same equation. */
    @ParameterizedTest
    @ValueSource(ints = {5, 29, 30, 31, 90})
    void shouldSolveForTheMeansOfTheClassesThatAreMet(int dimensions) {
        SplittableRandom random = new SplittableRandom(dimensions);
        float[] values = new float[EVENTS * dimensions];
        int[] labels = new int[EVENTS];
        for (int e = 0; e < EVENTS; e++) {
            labels[e] = 2 * (e % 3);
            for (int d = 0; d < dimensions; d++) {
                values[e * dimensions + d] = (float) (random.nextGaussian() + (d % 3 == e % 3 ? 1 : 0));
            }
        }

        DiscriminantHead head = DiscriminantHead.fit(new Features(EVENTS, dimensions, values), labels, CLASSES);

        double[] means = new double[CLASSES * dimensions];
        for (int i = 0; i < values.length; i++) {
            means[labels[i / dimensions] * dimensions + i % dimensions] += values[i] / 10.0;
        }
        double[][] covariance = new double[dimensions][dimensions];
        double trace = 0;
        for (int e = 0; e < EVENTS; e++) {
            for (int i = 0; i < dimensions; i++) {
                for (int j = 0; j < dimensions; j++) {
                    covariance[i][j] += (values[e * dimensions + i] - means[labels[e] * dimensions + i])
                            * (values[e * dimensions + j] - means[labels[e] * dimensions + j])
                            / EVENTS;
                }
            }
        }
        for (int d = 0; d < dimensions; d++) {
            trace += covariance[d][d];
        }
        for (int c = 0; c < CLASSES; c++) {
            if (c % 2 == 1 || c > 4) {
                assertThat(head.bias()[c]).isEqualTo(DiscriminantHead.ABSENT);
                continue;
            }
            for (int i = 0; i < dimensions; i++) {
                double product = SHRINKAGE * trace / dimensions * head.weights()[i * CLASSES + c];
                for (int j = 0; j < dimensions; j++) {
                    product += (1 - SHRINKAGE) * covariance[i][j] * head.weights()[j * CLASSES + c];
                }
                assertThat(product).isCloseTo(means[c * dimensions + i], within(0.01));
            }
        }
    }
}
