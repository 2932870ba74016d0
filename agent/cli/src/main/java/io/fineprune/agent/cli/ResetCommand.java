package io.fineprune.agent.cli;

import io.fineprune.schemas.v1.CommandAction;
import picocli.CommandLine.Command;

@Command(name = "reset", description = "Forgets the sums; versions go on rising and devices keep their masks.")
final class ResetCommand extends OperatorCommand {
    ResetCommand() {
        super(CommandAction.COMMAND_ACTION_RESET);
    }
}
