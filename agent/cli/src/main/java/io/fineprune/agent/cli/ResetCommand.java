package io.fineprune.agent.cli;

import io.fineprune.schemas.v1.CommandAction;
import picocli.CommandLine.Command;

@Command(
        name = "reset",
        description = "Deletes the activation sums, so that counting begins anew; devices keep their masks.")
final class ResetCommand extends OperatorCommand {
    ResetCommand() {
        super(CommandAction.COMMAND_ACTION_RESET);
    }
}
