package io.fineprune.agent.cli;

import io.fineprune.schemas.v1.CommandAction;
import picocli.CommandLine.Command;

@Command(
        name = "forget",
        description =
                "Erases sums, recordings, settings and mask of a user, for good; only the number of the last version stays.")
final class ForgetCommand extends OperatorCommand {
    ForgetCommand() {
        super(CommandAction.COMMAND_ACTION_FORGET);
    }
}
