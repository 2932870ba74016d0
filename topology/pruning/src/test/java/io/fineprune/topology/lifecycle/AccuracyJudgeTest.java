package io.fineprune.topology.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.topology.lifecycle.AccuracyJudge.Judgement;
import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.PseudoLabels;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AccuracyJudgeTest {
    private static final int EVENTS = 400;
    private static final int CLASSES = 10;

    private final SplittableRandom random = new SplittableRandom(5);
    private final int[] truth = IntStream.range(0, EVENTS).map(e -> e % CLASSES).toArray();

    @Test
    void shouldEstimateBothAccuraciesWhenWitnessesErrByThemselves() {
        Judgement judgement = judge(0.95, 0.7).judge(wrong(0.95));

        assertThat(judgement.accuracy().getValue()).isCloseTo(0.95, within(0.07));
        assertThat(judgement.source().getValue()).isCloseTo(0.7, within(0.07));
        assertThat(judgement.least()).isGreaterThan(0.1).isLessThan(judgement.gain());
        assertThat(judgement.accuracy().getLower()).isLessThan(0.9);
    }

    @Test
    void shouldSeeThatACandidateIsWorseThanTheSourceModel() {
        assertThat(judge(0.95, 0.9).judge(wrong(0.7)).gain()).isLessThan(-0.1);
    }

    @Test
    void shouldBeSureThatACandidateIsNoWorseWhenItAnswersTheSameToMany() {
        int[] source = wrong(0.8);
        AccuracyJudge many = new AccuracyJudge(labels(0.95), source);
        assertThat(many.judge(source).gain()).isZero();
        assertThat(many.judge(source).least()).isBetween(-0.01, 0.0);
    }

    @Test
    void shouldNotBeSureWhenFewEventsWereSeen() {
        int[] few = IntStream.range(0, 30).toArray();
        AccuracyJudge judge = new AccuracyJudge(new PseudoLabels(few, few, List.of(few, few)), few);
        assertThat(judge.judge(few).least()).isLessThan(-0.01);
    }

    @Test
    void shouldAnswerEventsByHeadsThatNeverSawThem() {
        int dimensions = 60;
        float[] noise = new float[100 * dimensions];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextGaussian();
        }
        int[] labels = IntStream.range(0, 100).map(e -> random.nextInt(CLASSES)).toArray();
        AccuracyJudge judge = new AccuracyJudge(
                new PseudoLabels(labels, IntStream.range(0, CLASSES).toArray(), List.of(labels)), labels);
        LayerParameters own = new LayerParameters(new float[dimensions * CLASSES], new float[CLASSES]);

        int[] answers = judge.crossFitted(new Features(100, dimensions, noise), own, CLASSES);

        // A head that had seen the events would repeat most of their labels, which say nothing.
        assertThat(PseudoLabels.agreement(answers, labels)).isLessThan(0.25);
    }

    private AccuracyJudge judge(double witnesses, double source) {
        return new AccuracyJudge(labels(witnesses), wrong(source));
    }

    private PseudoLabels labels(double witnesses) {
        int[] present = IntStream.range(0, CLASSES).toArray();
        return new PseudoLabels(truth, present, List.of(wrong(witnesses), wrong(witnesses), wrong(witnesses)));
    }

    /** The true classes, but for a share of the events another one at random. */
    private int[] wrong(double accuracy) {
        return IntStream.of(truth)
                .map(label ->
                        random.nextDouble() < accuracy ? label : (label + 1 + random.nextInt(CLASSES - 1)) % CLASSES)
                .toArray();
    }
}
