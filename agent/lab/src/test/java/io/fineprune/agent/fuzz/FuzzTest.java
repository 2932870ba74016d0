package io.fineprune.agent.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every decoder holds its bounds whatever the bytes. By default all targets together are fuzzed for half a minute; each for as
 * long as you like with {@code -Dfuzz.seconds=600}, which goes on from what {@code agent/lab/target/fuzz} holds.
 */
class FuzzTest {
    private static final long SHORT_SECONDS = 25;
    private static final long SECONDS = Long.getLong("fuzz.seconds", 0);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    static List<FuzzTarget> fuzzed() {
        return SECONDS == 0
                ? List.of(FuzzTarget.ALL)
                : Arrays.stream(FuzzTarget.values())
                        .filter(target -> target != FuzzTarget.ALL)
                        .toList();
    }

    @ParameterizedTest
    @EnumSource
    void shouldHoldForAllInputsThatAreKept(FuzzTarget target) throws Exception {
        FuzzTarget.Input input = target.input();
        for (byte[] bytes : Corpus.of(target)) {
            assertTimeoutPreemptively(
                    PATIENCE, () -> input.take(bytes), () -> HexFormat.of().formatHex(bytes));
        }
    }

    @ParameterizedTest
    @MethodSource("fuzzed")
    void shouldFindNothingWhenFuzzed(FuzzTarget target) throws Exception {
        Path folder = Path.of("target", "fuzz", target.label()).toAbsolutePath();
        FuzzRun run = FuzzRun.of(target, SECONDS == 0 ? SHORT_SECONDS : SECONDS, folder);
        System.out.println("| target | executions | seconds | edges | corpus | memory | findings |");
        System.out.println(run.row(target));
        assertThat(run.findings()).as("see %s", run.log()).isEmpty();
        assertThat(run.executions()).isPositive();
        assertThat(run.coverage()).isPositive();
    }
}
