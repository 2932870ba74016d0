package io.fineprune.agent.cli;

import io.fineprune.agent.bench.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Runs a measurement over a broker: makes a temporary folder, shows progress, prints the table, and writes JSON if
 * wanted.
 */
final class BenchRun {
    @Option(names = "--json", paramLabel = "FILE", description = "Also write all numbers to this file.")
    private @Nullable Path json;

    /** The measurement itself, with its folder and where its progress goes. */
    interface Work<T> {
        T run(Path scratch, Consumer<String> progress) throws Exception;
    }

    <T> int run(Work<T> work, Function<T, String> table) throws Exception {
        Path scratch = Files.createTempDirectory("fineprune-bench");
        try (Progress progress = Progress.standard()) {
            T result = work.run(scratch, progress::line);
            if (json != null) {
                Files.writeString(json, Report.json(result));
            }
            System.out.print(table.apply(result));
        } finally {
            Folders.delete(scratch);
        }
        return ExitCode.OK;
    }

    static void require(String flag, double value, double min) {
        if (!(value >= min)) {
            throw new CommandFailedException(
                    ExitCode.USAGE, "Expected at least %s as %s, but was %s".formatted(min, flag, value));
        }
    }
}
