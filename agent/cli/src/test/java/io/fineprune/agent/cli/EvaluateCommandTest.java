package io.fineprune.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fineprune.agent.evaluate.TinyFleet;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {
    @Test
    void shouldWriteJsonAndReportWhenModelAndManifestAreGiven(@TempDir Path folder) throws Exception {
        Path data = TinyFleet.data(Files.createDirectory(folder.resolve("data")));
        Path model = TinyFleet.model(folder.resolve("model"));
        Path json = folder.resolve("out.json");
        Path report = folder.resolve("report");
        Run run = Run.of(
                "evaluate",
                "--model=" + model,
                "--data=" + data,
                "--method=fine-pruning,backprop-1e-3",
                "--users=ann,eve",
                "--folds=3",
                "--fold-limit=1",
                "--sparsity=0.25,0.5",
                "--budget=6,12",
                "--classes=2,3",
                "--json=" + json,
                "--report=" + report,
                "--work=" + folder.resolve("work"));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("fine-pruning").contains("backprop-1e-3");
        JsonNode root = new ObjectMapper().readTree(json.toFile());
        assertThat(root.get("users")).hasSize(2);
        // For 2 and 3 classes: source once, backpropagation for two budgets, pruning for two budgets and sparsities.
        assertThat(root.get("methods")).hasSize(2 * (1 + 2 + 4));
        assertThat(report.resolve("figure-3c.svg")).isNotEmptyFile();
        assertThat(Files.readString(report.resolve("figure-3b.csv"))).contains("fine-pruning,0.5,");
    }

    @Test
    void shouldListMethodsWhenAsked() {
        Run run = Run.of("evaluate", "--list-methods");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("fineprune ", "dfpc", "backprop-1e-4");
    }

    @Test
    void shouldSayWhatIsWrongWhenItCannotRun(@TempDir Path folder) throws Exception {
        Run nothing = Run.of("evaluate", "--model=" + folder, "--data=" + folder.resolve("none"));
        assertThat(nothing.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(nothing.err()).contains("there is no such file or folder");
        Path data = TinyFleet.data(folder);
        Run modelless = Run.of("evaluate", "--data=" + data);
        assertThat(modelless.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(modelless.err()).contains("Expected --model, or --leave-user-out");
        Run wrong = Run.of("evaluate", "--data=" + data, "--folds=1", "--sparsity=2");
        assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(wrong.err()).contains("folds: expected 2 to 100").contains("sparsity: expected numbers from 0 to 1");
    }
}
