package io.fineprune.agent.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FoldsTest {
    @Test
    void shouldHoldEveryEventOutOnceWhenAllFoldsAreRun() {
        Folds folds = new Folds(103, 5, 1, "ann");
        Set<Integer> heldOut = new HashSet<>();
        for (int fold = 0; fold < 5; fold++) {
            Folds.Split split = folds.split(fold);
            assertThat(split.heldOut()).hasSizeBetween(20, 21).doesNotContain(split.stream());
            assertThat(IntStream.concat(Arrays.stream(split.stream()), Arrays.stream(split.heldOut()))
                            .sorted()
                            .toArray())
                    .isEqualTo(IntStream.range(0, 103).toArray());
            Arrays.stream(split.heldOut())
                    .forEach(index -> assertThat(heldOut.add(index)).isTrue());
        }
        assertThat(heldOut).hasSize(103);
    }

    @Test
    void shouldCutTheSameFoldsWhenSeedAndUserAreTheSame() {
        int[] first = new Folds(50, 5, 7, "ann").split(2).stream();
        assertThat(new Folds(50, 5, 7, "ann").split(2).stream()).isEqualTo(first);
        assertThat(new Folds(50, 5, 8, "ann").split(2).stream()).isNotEqualTo(first);
        assertThat(new Folds(50, 5, 7, "bob").split(2).stream()).isNotEqualTo(first);
        assertThat(first).isNotEqualTo(Arrays.stream(first).sorted().toArray());
    }

    @Test
    void shouldKeepTheFewerClassesWhenMoreAreMet() {
        Folds folds = new Folds(50, 5, 7, "ann");
        int[] present = IntStream.range(0, 10).map(i -> 2 * i).toArray();
        Set<Integer> three = folds.classes(3, present, 0);
        assertThat(three).hasSize(3).allMatch(label -> label % 2 == 0);
        assertThat(folds.classes(7, present, 0)).hasSize(7).containsAll(three);
        assertThat(folds.classes(99, present, 0)).hasSize(10);
        assertThat(folds.classes(3, present, 1)).hasSize(3).isNotEqualTo(three);
    }

    @Test
    void shouldFallGeometricallyWhenClassesAreUnequal() {
        double[] frequencies = Folds.frequencies(3, 16, 5);
        assertThat(Arrays.stream(frequencies).sorted().toArray()).containsExactly(0.0625, 0.25, 1);
        assertThat(Folds.frequencies(1, 16, 5)).containsExactly(1);
    }

    @Test
    void shouldRefuseWhenThereAreFewerEventsThanFolds() {
        assertThatThrownBy(() -> new Folds(4, 5, 1, "ann"))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("Expected at least 2 folds and as many events of user ann, but was 5 and 4");
    }
}
