package io.fineprune.agent.cli;

import io.fineprune.agent.broker.BrokerException;
import io.fineprune.agent.config.ConfigurationException;
import io.fineprune.agent.download.DownloadException;
import io.fineprune.agent.model.ModelDescriptionException;
import io.fineprune.agent.runtime.FleetException;
import io.fineprune.agent.source.SourceException;
import io.fineprune.agent.tensorflow.graph.InvalidModelException;
import io.fineprune.agent.tensorflow.graph.UnsupportedModelException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** Entry point of the runnable jar. */
@Command(
        name = "fineprune",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Personalises a fleet's model for each user by pruning, without labels.",
            "",
            "Devices send unlabeled recordings to Kafka. The agent runs the source model on them, learns which parts each "
                    + "user needs, and publishes a mask per user. The user's devices swap to the smaller model."
        },
        subcommands = {
            DemoCommand.class,
            AgentCommand.class,
            DeviceCommand.class,
            TrainCommand.class,
            ImportCommand.class,
            InspectCommand.class,
            CompactCommand.class,
            BenchCommand.class,
            EvaluateCommand.class,
            CalibrateCommand.class,
            TopicsCommand.class,
            RepruneCommand.class,
            ConfigureCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            PinCommand.class,
            UnpinCommand.class,
            RollbackCommand.class,
            ResetCommand.class,
            ForgetCommand.class,
            ReportsCommand.class,
            DevicesCommand.class,
            DeadLettersCommand.class,
            MasksCommand.class,
            KeysCommand.class,
            StatusCommand.class,
            DataCommand.class,
            SettingsCommand.class,
            BrokerCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:understood, but failed",
            "2:wrong flags or configuration",
            "3:the model is not supported"
        },
        footer = {"", "Begin with 'fineprune demo'. 'fineprune COMMAND --help' explains a command."})
public final class Main {
    private Main() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    static int execute(String... arguments) {
        Locale.setDefault(Locale.ROOT);
        return commandLine().execute(arguments);
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setExecutionExceptionHandler((e, command, parsed) -> explain(e, command));
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        return commandLine;
    }

    /** Prints one message for errors that the user can mend; logs a stack trace for all others. */
    private static int explain(Exception failure, CommandLine command) {
        PrintWriter err = command.getErr();
        if (failure instanceof CommandFailedException known) {
            err.println(known.getMessage());
            return known.exitCode();
        }
        if (failure instanceof ConfigurationException) {
            err.println(failure.getMessage());
            return ExitCode.USAGE;
        }
        if (failure instanceof FleetException
                || failure instanceof BrokerException
                || failure instanceof DownloadException
                || failure instanceof SourceException
                || failure instanceof InvalidModelException
                || failure instanceof UncheckedIOException
                || failure instanceof IOException) {
            err.println(failure.getMessage());
            return ExitCode.FAILURE;
        }
        if (failure instanceof UnsupportedModelException) {
            err.println(failure.getMessage());
            return ExitCode.UNSUPPORTED_MODEL;
        }
        if (failure instanceof ModelDescriptionException) {
            err.println(failure.getMessage());
            return ExitCode.USAGE;
        }
        err.println("Failed: " + failure);
        LoggerFactory.getLogger(Main.class).warn("{} failed", command.getCommandName(), failure);
        return ExitCode.FAILURE;
    }

    /** Reads the version from the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"fineprune " + (version == null ? "(not packaged)" : version)};
        }
    }
}
