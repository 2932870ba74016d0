package io.fineprune.agent.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.agent.evaluate.method.AdaptationMethod;
import io.fineprune.agent.evaluate.method.Methods;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluatorTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path shared;

    @SuppressWarnings("NullAway.Init")
    private static List<Recording> recordings;

    @SuppressWarnings("NullAway.Init")
    private static GivenModel model;

    @BeforeAll
    static void train() throws Exception {
        recordings = Recordings.load(TinyFleet.data(Files.createDirectory(shared.resolve("data"))));
        model = new GivenModel(TinyFleet.model(shared.resolve("model")), recordings);
    }

    private static EvaluationSettings settings(List<String> methods, int threads) {
        return new EvaluationSettings(methods, 3, 2, 1, List.of(), List.of(0.5), List.of(12), List.of(0), 64, threads);
    }

    private static Evaluator evaluator(EvaluationSettings settings, Path work, AtomicInteger fresh) {
        return new Evaluator(settings, model, recordings, work, new EvaluationListener() {
            @Override
            public void progress(int done, int now, int total) {
                fresh.accumulateAndGet(now, Math::max);
            }
        });
    }

    @Test
    void shouldMeasureEveryMethodWhenModelAndDataAreGiven(@TempDir Path work) throws Exception {
        List<String> all = Methods.all().stream().map(AdaptationMethod::name).toList();
        List<EvaluationResult> results =
                evaluator(settings(all, 2), work, new AtomicInteger()).run();
        assertThat(results).hasSize(all.size() * 3 * 2);
        assertThat(results).allMatch(result -> result.tested() == 10);
        Map<String, MethodSummary> byMethod = Summary.of(results).methods().stream()
                .collect(Collectors.toMap(MethodSummary::method, method -> method));
        assertThat(byMethod.keySet()).containsExactlyInAnyOrderElementsOf(all);
        double source = of(byMethod, "source").accuracy().mean();
        assertThat(source).isBetween(0.6, 1.0);
        assertThat(of(byMethod, "random").accuracy().mean()).isLessThan(source);
        assertThat(of(byMethod, "backprop-1e-2").accuracy().mean()).isGreaterThan(0.6);
        assertThat(of(byMethod, "fine-pruning").removed().nodes()).isCloseTo(0.5, within(1e-9));
        assertThat(of(byMethod, "backprop-1e-3").cost().macs())
                .isGreaterThan(20 * of(byMethod, "fine-pruning").cost().macs());
        assertThat(of(byMethod, "source").cost().macs()).isZero();
    }

    private static MethodSummary of(Map<String, MethodSummary> byMethod, String method) {
        return Optional.ofNullable(byMethod.get(method)).orElseThrow();
    }

    @Test
    void shouldSkipFinishedWorkWhenRunAgain(@TempDir Path work) throws Exception {
        AtomicInteger fresh = new AtomicInteger();
        Evaluator first = evaluator(settings(List.of("fine-pruning"), 1), work, fresh);
        List<EvaluationResult> results = first.run();
        assertThat(fresh.getAndSet(0)).isEqualTo(12);

        List<String> lines = Files.readAllLines(first.file());
        String kept =
                String.join("\n", lines.subList(0, 10)) + "\n" + lines.get(10).substring(0, 20);
        Files.writeString(first.file(), kept, StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(evaluator(settings(List.of("fine-pruning"), 1), work, fresh).run())
                .isEqualTo(results);
        assertThat(fresh.getAndSet(0)).isEqualTo(2);

        assertThat(evaluator(settings(List.of("fine-pruning", "random"), 1), work, fresh)
                        .run())
                .hasSize(18);
        assertThat(fresh.get()).isEqualTo(6);
    }

    @Test
    void shouldGiveTheSameResultsWhenTwoThreadsRun(@TempDir Path one, @TempDir Path two) throws Exception {
        List<String> methods = List.of("fine-pruning", "all-repairs", "backprop-1e-2");
        assertThat(evaluator(settings(methods, 2), two, new AtomicInteger()).run())
                .isEqualTo(evaluator(settings(methods, 1), one, new AtomicInteger())
                        .run());
    }

    @Test
    void shouldNameWhatThereIsWhenAMethodOrUserIsUnknown(@TempDir Path work) {
        assertThatThrownBy(() -> evaluator(settings(List.of("magic"), 1), work, new AtomicInteger()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("but was magic")
                .hasMessageContaining("fine-pruning");
        EvaluationSettings stranger = new EvaluationSettings(
                List.of(), 3, 3, 1, List.of("zoe"), List.of(0.5), List.of(12), List.of(0), 64, 1);
        assertThatThrownBy(() -> evaluator(stranger, work, new AtomicInteger()))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("Expected users among [ann, bob, eve], but was [zoe]");
    }

    @Test
    void shouldReportAllProblemsTogetherWhenSettingsAreWrong() {
        assertThatThrownBy(() -> new EvaluationSettings(
                        List.of(), 1, 0, 1, List.of(), List.of(1.5), List.of(0), List.of(1), -1, 3))
                .hasMessageContaining("folds")
                .hasMessageContaining("fold limit")
                .hasMessageContaining("sparsity")
                .hasMessageContaining("budget")
                .hasMessageContaining("classes")
                .hasMessageContaining("reservoir")
                .hasMessageContaining("threads");
    }
}
