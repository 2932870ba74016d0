package io.fineprune.agent.evaluate.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.HomeostaticScaling;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerwiseModel.Answers;
import io.fineprune.topology.repair.NodeMoments;
import org.junit.jupiter.api.Test;

/** Methods of others on cases small enough to be worked out by hand or by the published formulas. */
class TestTimeMethodsTest {
    private static final double[] ANGLES = {
        0.00, 0.02, 0.05, 0.09, 0.14, 0.20, 0.27, 1.20, 1.22, 1.25, 1.29, 1.34, 1.40, 1.47
    };
    private static final double[] FIRST_CLASS = {.9, .8, .7, .45, .9, .8, .6, .2, .55, .1, .3, .4, .2, .1};

    /** Features in two bundles of directions, of lengths 1 to 3, and what a model makes of them. */
    private static Answers bundles(double[] angles, double[] first) {
        float[] features = new float[2 * angles.length];
        float[] posterior = new float[2 * angles.length];
        for (int e = 0; e < angles.length; e++) {
            double length = 1 + e % 3;
            features[2 * e] = (float) (length * Math.cos(angles[e]));
            features[2 * e + 1] = (float) (length * Math.sin(angles[e]));
            posterior[2 * e] = (float) first[e];
            posterior[2 * e + 1] = (float) (1 - first[e]);
        }
        return new Answers(new Features(angles.length, 2, features), posterior);
    }

    @Test
    void shouldAgreeWithThePublishedRoundsWhenAnswersAreDrawnToNeighbours() {
        LaplacianAdjustment batch = LaplacianAdjustment.of(bundles(ANGLES, FIRST_CLASS));
        // The authors' rounds in NumPy, five neighbours: two events at odds with their bundle (0.45 and 0.55) change
        // sides.
        double[] expected = {
            .99922835, .99826878, .99704310, .99170165, .99922241, .99825550, .99538789,
            .00174481, .00836223, .00077773, .00298003, .00460412, .00174145, .00077622
        };
        for (int e = 0; e < expected.length; e++) {
            assertThat(batch.shares()[e][0]).as("event %d", e).isCloseTo(expected[e], within(1e-6));
            assertThat(batch.shares()[e][1]).as("event %d", e).isCloseTo(1 - expected[e], within(1e-6));
        }
    }

    @Test
    void shouldAnswerAsInTheBatchWhenAnEventIsNobodysNeighbour() {
        LaplacianAdjustment batch = LaplacianAdjustment.of(bundles(ANGLES, FIRST_CLASS));
        // Five events between the bundles, nearest of none of the others: by the same rounds with each added to the
        // batch.
        Answers between = bundles(new double[] {0.60, 0.65, 0.70, 0.85, 0.90}, new double[] {.02, .9, .4, .6, .999});
        float[] adjusted = between.posterior().clone();
        batch.adjust(between.features(), adjusted);
        double[] expected = {.74486322, .99434671, .19838660, .01037839, .87475724};
        for (int e = 0; e < expected.length; e++) {
            assertThat((double) adjusted[2 * e]).as("event %d", e).isCloseTo(expected[e], within(1e-5));
        }
    }

    @Test
    void shouldAverageTheSurestDirectionsWhenTemplatesAreMade() {
        // [2, 2]: class 0 looks at the first feature, class 1 at the second; the bias decides nothing.
        LayerParameters own = new LayerParameters(new float[] {2, 0, 0, 2}, new float[] {0, 0});
        float[] features = {3, 4, 0, 5, 8, 6, 6, 8};
        float[] posterior = {.9f, .1f, .2f, .8f, .6f, .4f, .4f, .6f};
        Answers answers = new Answers(new Features(4, 2, features), posterior);

        // Class 0: its row (1, 0), entropy 0.09 as its posterior is 1 / (1 + e^-4); (0.6, 0.8) at 0.9; (0.8, 0.6) at
        // 0.6.
        // Class 1: its row (0, 1); (0, 1) at 0.8; (0.6, 0.8) at 0.6.
        LayerParameters all = T3aMethod.templates(answers, own, 20);
        double length0 = Math.hypot(1 + 0.6 + 0.8, 0.8 + 0.6);
        double length1 = Math.hypot(0.6, 1 + 1 + 0.8);
        assertClose(all.weights(), 2.4 / length0, 0.6 / length1, 1.4 / length0, 2.8 / length1);
        assertThat(all.biases()).containsExactly(0, 0);

        LayerParameters surest = T3aMethod.templates(answers, own, 2);
        assertClose(surest.weights(), 1.6 / Math.hypot(1.6, 0.8), 0, 0.8 / Math.hypot(1.6, 0.8), 1);
        assertClose(T3aMethod.templates(answers, own, 1).weights(), 1, 0, 0, 1);
    }

    @Test
    void shouldLeaveAClassWithoutARowWhenItHasNoSupports() {
        // The bias makes the model answer class 0 to both rows.
        LayerParameters own = new LayerParameters(new float[] {1, 0, 0, 1}, new float[] {9, 0});
        Answers none = new Answers(new Features(0, 2, new float[0]), new float[0]);
        double half = Math.sqrt(0.5);
        assertClose(T3aMethod.templates(none, own, 20).weights(), half, 0, half, 0);
    }

    @Test
    void shouldDivideByTheUsersVarianceWhenABatchNormIsMeasuredAnew() {
        // A batch norm with gamma 2, beta 0.5 and epsilon 0.001 whose input has mean 3 and variance 1 on the source
        // data, and
        // mean 5 and variance 0.25 on the user's: folded, z = 2 (x - 3) / sqrt(1.001) + 0.5.
        double fold = 2 / Math.sqrt(1.001);
        NodeMoments source = new NodeMoments(new double[] {0.5}, new double[] {fold});
        NodeMoments user = new NodeMoments(new double[] {fold * (5 - 3) + 0.5}, new double[] {fold * 0.5});
        HomeostaticScaling renewed = BatchStatistics.renewed(source, user);
        for (double x : new double[] {-1, 4.5, 5, 7}) {
            double folded = fold * (x - 3) + 0.5;
            double normalised = 2 * (x - 5) / Math.sqrt(0.25 + 0.001) + 0.5;
            assertThat(renewed.scale()[0] * folded + renewed.shift()[0]).isCloseTo(normalised, within(1e-4));
        }
    }

    @Test
    void shouldNotBlowUpNodesWhenTheyNeverVary() {
        NodeMoments varying = new NodeMoments(new double[] {1}, new double[] {2});
        NodeMoments constant = new NodeMoments(new double[] {4}, new double[] {0});
        HomeostaticScaling silent = BatchStatistics.renewed(varying, constant);
        assertThat(silent.scale()[0] * 4 + silent.shift()[0]).isCloseTo(1, within(1e-4f));
        assertThat(silent.scale()[0]).isBetween(1f, 32f);
        HomeostaticScaling woken = BatchStatistics.renewed(constant, varying);
        assertThat(woken.scale()[0]).isEqualTo(1);
        assertThat(woken.shift()[0]).isEqualTo(3);
    }

    private static void assertClose(float[] found, double... expected) {
        assertThat(found).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) found[i]).as("weight %d", i).isCloseTo(expected[i], within(1e-6));
        }
    }
}
