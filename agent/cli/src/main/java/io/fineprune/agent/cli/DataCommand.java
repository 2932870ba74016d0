package io.fineprune.agent.cli;

import io.fineprune.agent.download.Fsdd;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = DataCheckCommand.class,
        description = "Fetches public recordings to try things on, and checks recordings of yours.")
final class DataCommand {
    private static final int MIB = 1 << 20;

    @Command(
            name = "fsdd",
            mixinStandardHelpOptions = true,
            description = {
                "Fetches the Free Spoken Digit Dataset 1.0.10 (3,000 recordings of 6 speakers, CC BY-SA 4.0).",
                "An interrupted download goes on where it stopped; the result is checked."
            })
    int fsdd(@Option(names = "--to", required = true, paramLabel = "DIR", description = "The folder.") Path to)
            throws Exception {
        try (Progress progress = Progress.standard()) {
            new Fsdd().fetch(to, bytes -> progress.show("Fetching: %.1f MB".formatted((double) bytes / MIB)));
        }
        System.out.printf("%d recordings in %s, checksum as expected%n", Fsdd.RECORDINGS, to);
        return ExitCode.OK;
    }
}
