package io.fineprune.agent.cli;

import io.fineprune.schemas.v1.CommandAction;
import picocli.CommandLine.Command;

@Command(name = "unpin", description = "Ends a pin.")
final class UnpinCommand extends OperatorCommand {
    UnpinCommand() {
        super(CommandAction.COMMAND_ACTION_UNPIN);
    }
}
