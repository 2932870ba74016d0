package io.fineprune.agent.cli;

import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.PruneCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "rollback", description = "Publishes what an earlier version held again, under a new version.")
final class RollbackCommand extends OperatorCommand {
    @Option(
            names = "--to",
            paramLabel = "VERSION",
            description = "The version to go back to; 0: the source model (default: the one before).")
    private @Nullable Long to;

    RollbackCommand() {
        super(CommandAction.COMMAND_ACTION_ROLLBACK);
    }

    @Override
    void complete(PruneCommand.Builder command) {
        if (to != null) {
            command.setToVersion(to);
        }
    }
}
