package io.fineprune.agent.cli;

import io.fineprune.agent.config.Choices;
import io.fineprune.agent.config.Configuration;
import io.fineprune.agent.config.Settings;
import io.fineprune.agent.runtime.AgentSettings;
import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Base of the commands to the fleet: addresses a user or all users, sends the command and waits for the reports. */
@Command(mixinStandardHelpOptions = true)
abstract class OperatorCommand implements Callable<Integer> {
    private static final Choices<PruningOutcome> OUTCOMES = Choices.of(PruningOutcome.class, "PRUNING_OUTCOME_");

    private static final Duration QUIET_USER = Duration.ofSeconds(1);

    private final CommandAction action;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @ArgGroup(multiplicity = "1")
    private Target target = new Target();

    @Option(names = "--model", paramLabel = "ID", description = "One model (default: every model of the user).")
    private String model = "";

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long to wait for an answer; 0: not at all (default: 30).")
    private int waitSeconds;

    @Option(
            names = "--by",
            paramLabel = "NAME",
            description = "Who asks, for the reports (default: the system's user).")
    private String by = System.getProperty("user.name", "");

    @Option(
            names = "--signing-key",
            paramLabel = "FILE",
            description = "Signs the command, for agents that carry out signed ones only (commands.signing.key.file).")
    private @Nullable Path signingKey;

    static final class Target {
        @Option(names = "--user", paramLabel = "ID", required = true, description = "One user.")
        private @Nullable String user;

        @Option(names = "--all", required = true, description = "All users, future ones included.")
        private boolean all;
    }

    OperatorCommand(CommandAction action) {
        this.action = action;
    }

    /** Silence after the last report of a command for all users, after which all are taken to have answered. */
    Duration quiet() {
        return Duration.ofSeconds(3);
    }

    /** The user whom it is for; empty: all. */
    final Optional<String> user() {
        return Optional.ofNullable(target.user);
    }

    /** The model that it is for; empty: every one. */
    final String model() {
        return model;
    }

    /** Adds the fields that only this command has. */
    void complete(PruneCommand.Builder command) {}

    @Override
    public Integer call() throws Exception {
        PruneCommand.Builder command = PruneCommand.newBuilder()
                .setCommandId(UUID.randomUUID().toString())
                .setUserId(target.user == null ? "" : target.user)
                .setModelId(model)
                .setAction(action)
                .setRequestedBy(by)
                .setRequestedAtMillis(System.currentTimeMillis());
        complete(command);
        Configuration configuration = cluster.load(
                signingKey == null
                        ? Map.of()
                        : Map.of(Settings.COMMANDS_SIGNING_KEY_FILE.key(), signingKey.toString()));
        FleetControl control =
                new FleetControl(Topics.standard(), configuration.kafka(), AgentSettings.commandSigner(configuration));
        List<PruningReport> answers =
                control.send(command.build(), Duration.ofSeconds(waitSeconds), target.all ? quiet() : QUIET_USER);
        answers.forEach(OperatorCommand::print);
        if (waitSeconds == 0) {
            System.out.println("sent " + command.getCommandId());
            return ExitCode.OK;
        }
        if (answers.isEmpty()) {
            throw new CommandFailedException(
                    ExitCode.FAILURE,
                    "No agent answered within %d s. The command stays in the topic and is carried out when an agent runs."
                            .formatted(waitSeconds));
        }
        boolean good = answers.stream()
                .anyMatch(answer -> answer.getOutcome() == PruningOutcome.PRUNING_OUTCOME_PUBLISHED
                        || answer.getOutcome() == PruningOutcome.PRUNING_OUTCOME_COMMAND_APPLIED
                        || answer.getOutcome() == PruningOutcome.PRUNING_OUTCOME_FORGOTTEN);
        return good ? ExitCode.OK : ExitCode.FAILURE;
    }

    private static void print(PruningReport report) {
        StringBuilder line = new StringBuilder("%s %s: %s, version %d"
                .formatted(
                        report.getUserId(),
                        report.getModelId(),
                        OUTCOMES.name(report.getOutcome()).replace('_', ' '),
                        report.getVersion()));
        if (report.getOutcome() == PruningOutcome.PRUNING_OUTCOME_PUBLISHED) {
            line.append(", removed ").append(Shares.of(report.getSparsity()));
            line.append(String.format(
                    Locale.ROOT, ", from %d events", report.getEvidence().getEventsSeen()));
        }
        if (report.hasContentVersion()) {
            line.append(", content of version ").append(report.getContentVersion());
        }
        if (!report.getReason().isEmpty()) {
            line.append(": ").append(report.getReason());
        }
        System.out.println(line);
    }
}
