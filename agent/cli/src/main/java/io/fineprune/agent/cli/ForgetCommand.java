package io.fineprune.agent.cli;

import io.fineprune.schemas.v1.CommandAction;
import picocli.CommandLine.Command;

@Command(
        name = "forget",
        description = {
            "Erases sums, recordings, settings and mask of a user, for good; the number of the last version stays.",
            "Topics keep what they hold until their retention: raw events 24 hours, commands and dead letters 7 days,",
            "acknowledgements and labels 30 days, reports 90 days. A device that goes on sending makes the user anew."
        })
final class ForgetCommand extends OperatorCommand {
    ForgetCommand() {
        super(CommandAction.COMMAND_ACTION_FORGET);
    }
}
