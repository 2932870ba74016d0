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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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
    void shouldLeaveOutWhatCannotBeUsedWhenTheRestCan(@TempDir Path work) throws Exception {
        Path data = TinyFleet.data(Files.createDirectory(work.resolve("data")));
        Files.writeString(data.resolveSibling("ann0.png"), "no picture");
        Files.write(
                data,
                List.of("ann1.png,few,1", "ann2.png,few,RIGHT", "ann3.png,few,0", "ann4.png,one,middle"),
                StandardOpenOption.TRUNCATE_EXISTING);
        List<String> lines = new ArrayList<>(List.of("file,user,label"));
        lines.addAll(Files.readAllLines(data));
        for (int i = 5; i < 30; i++) {
            lines.add("ann%d.png,ann,%s".formatted(i, i % 3 == 0 ? "purple" : Integer.toString(i % 3)));
        }
        lines.add("ann0.png,ann,left");
        Files.write(data, lines);
        Map<String, List<String>> leftOut = new ConcurrentHashMap<>();
        EvaluationSettings settings = new EvaluationSettings(
                List.of("fineprune"), 5, 5, 1, List.of(), List.of(0.5), List.of(400), List.of(0), 64, 1);
        List<EvaluationResult> results = new Evaluator(
                        settings, model, Recordings.load(data), work, new EvaluationListener() {
                            @Override
                            public void leftOut(String user, List<String> reasons) {
                                leftOut.put(user, reasons);
                            }
                        })
                .run();
        assertThat(leftOut).containsOnlyKeys("ann", "one");
        assertThat(leftOut.get("ann"))
                .hasSize(9)
                .anyMatch(reason -> reason.startsWith("ann0: "))
                .anyMatch(
                        reason -> reason.equals(
                                "ann6: expected one of the model's labels [left, middle, right] or an index of one, but was \"purple\""));
        assertThat(leftOut.get("one")).singleElement().asString().contains("Expected at least 2 usable recordings");
        Summary summary = Summary.of(results);
        assertThat(summary.users()).containsExactly("ann", "few");
        assertThat(summary.methods()).hasSize(2);
        assertThat(results.stream().filter(r -> r.key().user().equals("few"))).hasSize(2 * 3);
        assertThat(results.stream().filter(r -> r.key().user().equals("ann"))).hasSize(2 * 5);
    }

    @Test
    void shouldFailWhenNoLabelFits(@TempDir Path work) throws Exception {
        Path data = TinyFleet.data(Files.createDirectory(work.resolve("data")));
        Files.writeString(data, Files.readString(data).replaceAll("left|middle|right", "blue"));
        Evaluator evaluator = new Evaluator(
                settings(List.of("fineprune"), 1), model, Recordings.load(data), work, EvaluationListener.NONE);
        assertThatThrownBy(evaluator::run)
                .isInstanceOf(EvaluationException.class)
                .hasMessage("Expected users with recordings that the model can be tested on, but there is none");
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
