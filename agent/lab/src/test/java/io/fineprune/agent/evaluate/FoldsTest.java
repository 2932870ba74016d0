package io.fineprune.agent.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fineprune.topology.activation.ModelInput;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
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
        Set<Integer> three = folds.classes(3, 10);
        assertThat(three).hasSize(3);
        assertThat(folds.classes(7, 10)).hasSize(7).containsAll(three);
        assertThat(folds.classes(99, 10)).hasSize(10);
        List<Example> examples = IntStream.range(0, 50)
                .mapToObj(i -> new Example(new ModelInput.Values(new float[1]), i % 10))
                .toList();
        assertThat(Folds.pick(examples, folds.split(0).stream(), three))
                .isNotEmpty()
                .allMatch(example -> three.contains(example.label()));
    }

    @Test
    void shouldRefuseWhenThereAreFewerEventsThanFolds() {
        assertThatThrownBy(() -> new Folds(4, 5, 1, "ann"))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("Expected at least 2 folds and as many events of user ann, but was 5 and 4");
    }
}
