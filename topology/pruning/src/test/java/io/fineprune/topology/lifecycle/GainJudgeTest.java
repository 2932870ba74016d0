package io.fineprune.topology.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.topology.labelling.Labelling;
import io.fineprune.topology.lifecycle.GainJudge.Judgement;
import org.junit.jupiter.api.Test;

/** Ten events in two clusters of six and four, named 0 and 2 of three classes. */
class GainJudgeTest {
    private static final int[] CLUSTERS = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1};
    private static final int[] LABELS = {0, 0, 0, 0, 0, 0, 2, 2, 2, 2};
    private static final int[] SOURCE = {0, 0, 0, 0, 1, 1, 2, 2, 1, 1};

    private static GainJudge judge(double[] first, double[] second) {
        Labelling labelling = new Labelling(
                LABELS, CLUSTERS, new int[] {0, 2}, new int[] {0, 1, 2}, new double[][] {first, second}, 0.5);
        return new GainJudge(labelling, SOURCE, 3, 7);
    }

    @Test
    void shouldCountWhatIsGainedWhenTheNamesAreCertain() {
        Judgement judgement =
                judge(new double[] {1, 0, 0}, new double[] {0, 0, 1}).judge(LABELS);
        assertThat(judgement.accuracy().getValue()).isCloseTo(0.97, within(1e-9));
        assertThat(judgement.source().getValue()).isCloseTo(0.97 * 0.6, within(1e-9));
        assertThat(judgement.gain()).isCloseTo(0.4, within(1e-9));
        assertThat(judgement.least()).isCloseTo(0.4, within(1e-9));
        assertThat(judgement.signs().loss()).isZero();
    }

    @Test
    void shouldLoseAsOftenAsTheNamesAreWrong() {
        // If the first cluster is of class 1, its candidate has none of six right and the source model two.
        Judgement judgement =
                judge(new double[] {0.7, 0.3, 0}, new double[] {0, 0, 1}).judge(LABELS);
        assertThat(judgement.signs().loss()).isBetween(0.0, 0.001);
        Judgement doubtful =
                judge(new double[] {0.7, 0.3, 0}, new double[] {0, 1, 0}).judge(LABELS);
        assertThat(doubtful.signs().loss())
                .as("loses four or two of ten unless the first name is right")
                .isBetween(0.25, 0.35);
        assertThat(doubtful.accuracy().getValue()).isCloseTo(0.97 * 0.42, within(0.03));
        assertThat(doubtful.accuracy().getLower()).isZero();
        assertThat(doubtful.accuracy().getUpper()).isCloseTo(0.97 * 0.6 + 0.1, within(1e-9));
    }

    @Test
    void shouldBeLessSureTheMoreOftenItLoses() {
        double before = 1;
        for (double wrong : new double[] {0, 0.1, 0.3, 0.6, 1}) {
            double probability = judge(new double[] {1 - wrong, wrong, 0}, new double[] {0, 1, 0})
                    .judge(LABELS)
                    .probability();
            assertThat(probability).isLessThan(before);
            before = probability;
        }
        assertThat(before).as("when it loses for certain").isLessThan(0.5);
    }

    @Test
    void shouldSeeNoDifferenceInAnswersAlike() {
        Judgement judgement =
                judge(new double[] {0.4, 0.6, 0}, new double[] {0, 0.5, 0.5}).judge(SOURCE);
        assertThat(judgement.gain()).isZero();
        assertThat(judgement.signs().loss()).isZero();
        assertThat(judgement.accuracy()).isEqualTo(judgement.source());
    }

    @Test
    void shouldDescribeTheClusters() {
        GateModel.Signs signs = judge(new double[] {1, 0, 0}, new double[] {0, 0, 1})
                .judge(LABELS)
                .signs();
        assertThat(signs.clusters()).isEqualTo(2);
        assertThat(signs.events()).isEqualTo(10);
        assertThat(signs.imbalance()).isCloseTo(Math.log(6 / 5.0), within(1e-9));
        assertThat(signs.impurity()).as("two of six and two of four").isCloseTo(0.4, within(1e-9));
        assertThat(signs.followed()).isEqualTo(1);
        assertThat(signs.agreed()).isCloseTo(0.6, within(1e-9));
    }

    @Test
    void shouldJudgeAlikeWithTheSameSeed() {
        double[] belief = {0.5, 0.3, 0.2};
        assertThat(judge(belief, belief).judge(LABELS))
                .isEqualTo(judge(belief, belief).judge(LABELS));
    }
}
