package io.fineprune.agent.cli;

import io.fineprune.schemas.v1.CommandAction;
import picocli.CommandLine.Command;

@Command(name = "pause", description = "Counts no events and publishes no masks until resumed.")
final class PauseCommand extends OperatorCommand {
    PauseCommand() {
        super(CommandAction.COMMAND_ACTION_PAUSE);
    }
}
