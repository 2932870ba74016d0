package io.fineprune.topology.sums;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.schemas.v1.StoredAnswers;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerWatchTest {
    private static final int CLASSES = 10;

    private static AnswerWatch watch() {
        return AnswerWatch.of(StoredAnswers.getDefaultInstance(), CLASSES);
    }

    /** Adds answers and returns what the last of them completes. */
    private static BitSet add(AnswerWatch watch, int events, int... classes) {
        BitSet risen = new BitSet();
        for (int i = 0; i < events; i++) {
            risen = watch.add(classes[i % classes.length]);
        }
        return risen;
    }

    /** The integral over the share p of the binomial tail under its posterior, a Beta(had + 1/2, events - had + 1/2). */
    @ParameterizedTest
    @CsvSource({"1,1,20", "3,1,200", "5,3,200", "20,100,200", "50,199,200", "9,10,60"})
    void shouldAgreeWithTheIntegralOverSharesWhenChanceIsComputed(int count, int had, int events) {
        int steps = 200_000;
        double weights = 0;
        double tail = 0;
        for (int s = 0; s < steps; s++) {
            double p = (s + 0.5) / steps;
            double weight = Math.exp((had - 0.5) * Math.log(p) + (events - had - 0.5) * Math.log(1 - p));
            double exactly = Math.pow(1 - p, AnswerWatch.BLOCK);
            double fewer = 0;
            for (int k = 0; k < count; k++) {
                fewer += exactly;
                exactly *= (double) (AnswerWatch.BLOCK - k) / (k + 1) * p / (1 - p);
            }
            weights += weight;
            tail += weight * (1 - fewer);
        }
        assertThat(AnswerWatch.atLeast(count, had, events)).isCloseTo(tail / weights, within(1e-5));
    }

    @Test
    void shouldFindTheClassThatComesOnlyAfterTheMark() {
        AnswerWatch watch = watch();
        assertThat(add(watch, 200, 0, 1, 2, 3).stream()).isEmpty();
        watch.mark();
        BitSet risen = add(watch, AnswerWatch.BLOCK, 0, 1, 2, 3, 7);
        assertThat(risen.stream()).containsExactly(7);
    }

    @Test
    void shouldFindNothingBeforeTheMarkOrWithinABlock() {
        AnswerWatch watch = watch();
        assertThat(add(watch, 100, 0, 1).stream()).isEmpty();
        assertThat(add(watch, 100, 5).stream()).isEmpty();
        watch.mark();
        assertThat(add(watch, AnswerWatch.BLOCK - 1, 7).stream()).isEmpty();
        assertThat(watch.add(7).stream()).containsExactly(7);
    }

    @Test
    void shouldGoOnFromWhatIsStored() {
        AnswerWatch watch = watch();
        add(watch, 200, 0, 1, 2, 3);
        watch.mark();
        add(watch, 30, 7);
        AnswerWatch read = AnswerWatch.of(watch.toStored(), CLASSES);
        assertThat(add(read, 20, 0).stream()).containsExactly(7);
    }

    @Test
    void shouldBeginAnewWhenTheStoredClassesAreOthers() {
        AnswerWatch watch = watch();
        watch.mark();
        add(watch, 49, 7);
        assertThat(AnswerWatch.of(watch.toStored(), CLASSES + 1).toStored().getWatching())
                .isFalse();
    }

    @Test
    void shouldSeldomFindAnythingWhenNothingChanges() {
        Random random = new Random(5);
        int alarms = 0;
        int blocks = 0;
        for (int user = 0; user < 400; user++) {
            AnswerWatch watch = watch();
            for (int e = 0; e < 100 + user % 200; e++) {
                watch.add(answer(random));
            }
            watch.mark();
            for (int e = 0; e < 5 * AnswerWatch.BLOCK; e++) {
                alarms += watch.add(answer(random)).isEmpty() ? 0 : 1;
            }
            blocks += 5;
        }
        assertThat((double) alarms / blocks).isLessThan(2 * AnswerWatch.FALSE_ALARM);
    }

    /** Four classes make up 90 % of the answers, and six that the source model confuses them with the rest. */
    private static int answer(Random random) {
        return random.nextDouble() < 0.9 ? random.nextInt(4) : 4 + random.nextInt(6);
    }
}
