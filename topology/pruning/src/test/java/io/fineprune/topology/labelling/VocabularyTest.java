package io.fineprune.topology.labelling;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.LayerwiseModel.Answers;
import java.util.List;
import org.junit.jupiter.api.Test;

class VocabularyTest {
    private static final List<String> LABELS = List.of("yes", "no", "stop", "go");

    @Test
    void shouldLeaveOnlyDeclaredClassesInAPosterior() {
        Answers answers =
                new Answers(new Features(2, 1, new float[2]), new float[] {0.5f, 0.2f, 0.2f, 0.1f, 1, 0, 0, 0});
        Answers restricted = Vocabulary.of(LABELS, List.of("stop", "no")).restrict(answers);
        assertThat(restricted.posterior()).containsExactly(0, 0.5f, 0.5f, 0, 0, 0.5f, 0.5f, 0);
        assertThat(Vocabulary.all(4).restrict(answers)).isSameAs(answers);
    }

    @Test
    void shouldTakeWhatTheModelHasOfTheNames() {
        Vocabulary some = Vocabulary.of(LABELS, List.of("go", "left", "yes"));
        assertThat(some.declared()).isTrue();
        assertThat(some.indices()).containsExactly(0, 3);
        assertThat(some.allows(1)).isFalse();
        assertThat(Vocabulary.of(LABELS, List.of("go", "left")).declared()).isFalse();
        assertThat(Vocabulary.of(LABELS, List.of()).size()).isEqualTo(4);
    }

    @Test
    void shouldNameTheNearestClassesOfAnUnknownOne() {
        assertThat(Vocabulary.problem(LABELS, List.of("yes", "Noo")))
                .hasValueSatisfying(problem -> assertThat(problem)
                        .startsWith("Expected classes that the model has, but was Noo (nearest: no, "));
        assertThat(Vocabulary.problem(LABELS, List.of("yes"))).isPresent();
        assertThat(Vocabulary.problem(LABELS, List.of("yes", "yes"))).isPresent();
        assertThat(Vocabulary.problem(LABELS, List.of("yes", "no"))).isEmpty();
        assertThat(Vocabulary.problem(LABELS, List.of())).isEmpty();
    }
}
