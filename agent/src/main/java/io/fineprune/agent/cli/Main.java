package io.fineprune.agent.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of the runnable jar. */
@Command(
        name = "fineprune",
        mixinStandardHelpOptions = true,
        description = "Personalises a fleet's model for each user by pruning, without labels.",
        subcommands = {BrokerCommand.class})
public final class Main implements Runnable {
    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }
}
