package io.fineprune.agent.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.evaluate.StreamOrder.Placed;
import io.fineprune.topology.activation.ModelInput;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StreamOrderTest {
    private static final ModelInput INPUT = new ModelInput.Values(new float[1]);

    /** 90 recordings of three classes in turn, at random. */
    private static List<Placed> shuffled() {
        return Arrays.stream(Folds.shuffled(90, 3))
                .mapToObj(place -> new Placed(place, new Example(INPUT, place % 3)))
                .toList();
    }

    private static long runs(List<Placed> ordered) {
        long runs = 1;
        for (int i = 1; i < ordered.size(); i++) {
            runs += ordered.get(i).example().label()
                            == ordered.get(i - 1).example().label()
                    ? 0
                    : 1;
        }
        return runs;
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepEveryEventOnceWhateverTheOrder(StreamOrder order) {
        assertThat(order.order(shuffled(), 1))
                .containsExactlyInAnyOrderElementsOf(shuffled())
                .isEqualTo(order.order(shuffled(), 1));
    }

    @Test
    void shouldBringClassesInRunsWhenSortedOrInBursts() {
        assertThat(StreamOrder.SHUFFLED.order(shuffled(), 1)).isEqualTo(shuffled());
        assertThat(StreamOrder.RECORDED.order(shuffled(), 1))
                .extracting(Placed::place)
                .isSorted();
        List<Placed> sorted = StreamOrder.SORTED.order(shuffled(), 1);
        assertThat(runs(sorted)).isEqualTo(3);
        assertThat(sorted.subList(0, 30)).extracting(Placed::place).isSorted();
        assertThat(runs(StreamOrder.BURSTS.order(shuffled(), 1))).isBetween(6L, 25L);
        assertThat(StreamOrder.BURSTS.order(shuffled(), 2)).isNotEqualTo(StreamOrder.BURSTS.order(shuffled(), 1));
    }
}
