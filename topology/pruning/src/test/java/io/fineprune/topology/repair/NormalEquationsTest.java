package io.fineprune.topology.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NormalEquationsTest {
    private static final int ROWS = 400;
    private static final int INPUTS = 7;
    private static final int TARGETS = 3;

    private final SplittableRandom random = new SplittableRandom(5);
    private final float[] truth = draw(INPUTS * TARGETS);
    private final float[] offset = draw(TARGETS);

    @Test
    void shouldFindTheWeightsThatMadeTheTargets() {
        NormalEquations.Fit fit = equations(true).fit(new float[INPUTS * TARGETS], 0, true);
        for (int i = 0; i < truth.length; i++) {
            assertThat(fit.weights()[i]).isCloseTo(truth[i], within(2e-3f));
        }
        for (int t = 0; t < TARGETS; t++) {
            assertThat(fit.bias()[t]).isCloseTo(offset[t], within(5e-3f));
        }
    }

    @Test
    void shouldHaveNoBiasWhereTheLayerHasNone() {
        NormalEquations.Fit fit = equations(false).fit(new float[INPUTS * TARGETS], 0, false);
        assertThat(fit.bias()).containsOnly(0);
        for (int i = 0; i < truth.length; i++) {
            assertThat(fit.weights()[i]).isCloseTo(truth[i], within(2e-3f));
        }
    }

    @Test
    void shouldStayWithTheOldWeightsWhenThePullIsStrong() {
        float[] old = draw(INPUTS * TARGETS);
        NormalEquations.Fit fit = equations(true).fit(old, 1e9, true);
        for (int i = 0; i < old.length; i++) {
            assertThat(fit.weights()[i]).isCloseTo(old[i], within(2e-3f));
        }
    }

    @Test
    void shouldYieldWeightsThatHalfPrecisionHolds() {
        for (float weight :
                equations(true).fit(new float[INPUTS * TARGETS], 0.01, true).weights()) {
            assertThat(Float16.round(weight)).isEqualTo(weight);
        }
    }

    @Test
    void shouldStayNearTheOldWeightsWhenRoundingLeavesNothingOfTheVariance() {
        NormalEquations equations = new NormalEquations(2, 1);
        float square = 1e6f * ROWS;
        float less = Math.nextDown(Math.nextDown(square));
        equations.add(
                ROWS,
                new float[] {less, square, square, less},
                new float[] {5e3f * ROWS, 5e3f * ROWS},
                new float[] {1e3f * ROWS, 1e3f * ROWS},
                new float[] {5f * ROWS});
        NormalEquations.Fit fit = equations.fit(new float[] {0.5f, -0.25f}, 0.01, true);
        assertThat(fit.weights()).containsExactly(new float[] {0.5f, -0.25f}, within(0.15f));
        assertThat(fit.bias()[0])
                .as("the mean is kept")
                .isCloseTo(5 - 1e3f * (fit.weights()[0] + fit.weights()[1]), within(0.1f));
    }

    @Test
    void shouldRefuseToSolveWhatIsNotFinite() {
        NormalEquations equations = new NormalEquations(1, 1);
        equations.add(1, new float[] {Float.NaN}, new float[1], new float[1], new float[1]);
        assertThatThrownBy(() -> equations.fit(new float[1], 0.01, true)).hasMessageContaining("finite activations");
    }

    @Test
    void shouldRefuseSumsOfAnotherSize() {
        NormalEquations equations = new NormalEquations(2, 1);
        assertThatThrownBy(() -> equations.add(1, new float[3], new float[2], new float[2], new float[1]))
                .hasMessage("Expected 4 sums, but was 3");
    }

    private NormalEquations equations(boolean biased) {
        NormalEquations equations = new NormalEquations(INPUTS, TARGETS);
        for (int row = 0; row < ROWS; row++) {
            float[] x = draw(INPUTS);
            float[] z = new float[TARGETS];
            for (int t = 0; t < TARGETS; t++) {
                z[t] = biased ? offset[t] : 0;
                for (int i = 0; i < INPUTS; i++) {
                    z[t] += x[i] * truth[i * TARGETS + t];
                }
            }
            equations.add(1, outer(x, x), outer(x, z), x, z);
        }
        return equations;
    }

    private static float[] outer(float[] left, float[] right) {
        float[] product = new float[left.length * right.length];
        for (int i = 0; i < product.length; i++) {
            product[i] = left[i / right.length] * right[i % right.length];
        }
        return product;
    }

    private float[] draw(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }
}
