package io.fineprune.agent.cli;

import io.fineprune.schemas.v1.CommandAction;
import picocli.CommandLine.Command;

@Command(
        name = "pin",
        description = "Goes on counting events, but publishes only what commands ask for, until unpinned.")
final class PinCommand extends OperatorCommand {
    PinCommand() {
        super(CommandAction.COMMAND_ACTION_PIN);
    }
}
