package io.fineprune.agent.cli;

import io.fineprune.schemas.v1.CommandAction;
import picocli.CommandLine.Command;

@Command(name = "resume", description = "Ends a pause.")
final class ResumeCommand extends OperatorCommand {
    ResumeCommand() {
        super(CommandAction.COMMAND_ACTION_RESUME);
    }
}
