package io.fineprune.agent.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassNamesTest {
    private static final ClassNames IMAGES = new ClassNames(
            List.of("background", "tench, Tinca tinca", "crane", "ice_cream, icecream", "crane (2)", "hook, claw"));

    private static int find(ClassNames names, String label) {
        return names.find(label).orElse(-1);
    }

    @Test
    void shouldFindClassWhenItIsNamedInAnotherWay() {
        assertThat(find(IMAGES, "tench, Tinca tinca")).isEqualTo(1);
        assertThat(find(IMAGES, "Tench")).isEqualTo(1);
        assertThat(find(IMAGES, "tinca_tinca")).isEqualTo(1);
        assertThat(find(IMAGES, "Ice Cream")).isEqualTo(3);
        assertThat(find(IMAGES, "crane")).isEqualTo(2);
        assertThat(find(IMAGES, "shark")).isEqualTo(-1);
    }

    @Test
    void shouldTakeNumberAsIndexWhenModelHasNoNumbers() {
        assertThat(find(IMAGES, "5")).isEqualTo(5);
        assertThat(find(IMAGES, "6")).isEqualTo(-1);
        assertThat(find(IMAGES, "-1")).isEqualTo(-1);
        ClassNames unnamed = new ClassNames(
                IntStream.range(0, 10).mapToObj(i -> "class-" + i).toList());
        assertThat(find(unnamed, "7")).isEqualTo(7);
        assertThat(find(unnamed, "seven")).isEqualTo(7);
        assertThat(find(unnamed, "Class 7")).isEqualTo(7);
    }

    @Test
    void shouldTakeNumberAsNameWhenModelHasNumbers() {
        ClassNames digits = new ClassNames(List.of("9", "8", "7"));
        assertThat(find(digits, "9")).isZero();
        assertThat(find(digits, "seven")).isEqualTo(2);
        assertThat(find(digits, "1")).isEqualTo(-1);
        assertThat(find(new ClassNames(List.of("yes", "one", "two")), "2")).isEqualTo(2);
    }

    @Test
    void shouldFindNothingWhenSeveralClassesBearTheName() {
        ClassNames ambiguous = new ClassNames(List.of("Up", "UP", "crane, bird", "crane, machine"));
        assertThat(find(ambiguous, "Up")).isZero();
        assertThat(find(ambiguous, "up")).isEqualTo(-1);
        assertThat(find(ambiguous, "crane")).isEqualTo(-1);
        assertThat(find(ambiguous, "machine")).isEqualTo(3);
    }
}
