package io.fineprune.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
    private static final String NOBODY = "127.0.0.1:1";

    @TempDir
    private Path folder;

    private String said = "";

    private int run(Object... arguments) {
        Run run = Run.of(arguments);
        said = run.out() + run.err();
        return run.exitCode();
    }

    @Test
    void shouldExplainEveryCommand() {
        CommandLine main = Main.commandLine();
        assertThat(main.getSubcommands())
                .containsKeys("demo", "agent", "device", "train", "topics", "reprune", "masks");
        main.getSubcommands().forEach((name, command) -> {
            String help = command.getUsageMessage();
            assertThat(help).as("help of %s", name).contains("Usage: ").contains("--help");
            assertThat(command.getCommandSpec().usageMessage().description())
                    .as("description of %s", name)
                    .isNotEmpty();
        });
    }

    @Test
    void shouldEndWith2AndAllProblemsWhenTheConfigurationIsWrong() throws IOException {
        Path file = Files.writeString(folder.resolve("fleet.yaml"), "threads: none\nbudgets: 3\n");
        int code = run(
                "agent",
                "-c",
                file.toString(),
                "--set",
                "pruning.sparsity=2",
                "--set",
                "kafka.ssl.key.password=hunter2");
        assertThat(code).isEqualTo(2);
        assertThat(said)
                .contains(
                        "threads expected a whole number", "there is no setting 'budgets'", "pruning.sparsity expected")
                .doesNotContain("hunter2", "Exception");
    }

    @Test
    void shouldEndWith2WhenTheInputIsToBeNormalisedButWasNeverMeasured() {
        int code = run("agent", "--model", folder.toString(), "--set", "repair.input.normalisation=true");
        assertThat(code).isEqualTo(2);
        assertThat(said).contains("expected moments of the input's bands", "fineprune calibrate");
    }

    @Test
    void shouldEndWith2WhenFlagsAreWrong() {
        assertThat(run("reprune", "--sparsity", "0.5")).isEqualTo(2);
        assertThat(said).contains("--user", "--all");
        assertThat(run("reprune", "--all", "--sparsity", "1.5", "--criterion", "loudness"))
                .isEqualTo(2);
        assertThat(said).contains("--sparsity expected", "--criterion expected one of activation");
        assertThat(run("no-such-command")).isEqualTo(2);
    }

    @Test
    void shouldEndWith1WhenThereAreNoRecordings() {
        assertThat(run("device", "--model", folder.toString(), "--user", "u", "--data", folder.toString()))
                .isEqualTo(1);
        assertThat(said).contains("No recordings in " + folder).doesNotContain("\tat ");
    }

    @Test
    void shouldEndWith1AndSayWhatToDoWhenNoBrokerIsThere() {
        int code = run(
                "topics",
                "create",
                "-b",
                NOBODY,
                "--set",
                "kafka.default.api.timeout.ms=1000",
                "--set",
                "kafka.request.timeout.ms=1000");
        assertThat(code).isEqualTo(1);
        assertThat(said).contains(NOBODY).doesNotContain("\tat ");
    }

    @Test
    void shouldEndWith1WhenTheDemoHasNoSuchUser() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        int code = run("demo", "--data", folder.resolve("data").toString(), "--user", "nobody");
        assertThat(code).isEqualTo(1);
        assertThat(said).contains("No recordings in");
    }

    @Test
    void shouldListEverySettingAndHideSecrets() {
        assertThat(run("settings")).isZero();
        assertThat(said).contains("budget.events (default 200; FINEPRUNE_BUDGET_EVENTS)");
        assertThat(run("settings", "--effective", "--set", "kafka.sasl.jaas.config=hunter2"))
                .isZero();
        assertThat(said).contains("kafka.sasl.jaas.config=[hidden]").doesNotContain("hunter2");
    }
}
