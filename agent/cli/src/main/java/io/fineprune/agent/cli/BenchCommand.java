package io.fineprune.agent.cli;

import io.fineprune.agent.bench.BenchShape;
import io.fineprune.agent.bench.CompactBench;
import io.fineprune.agent.bench.CompactReport;
import io.fineprune.agent.bench.CompactResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description =
                "Measures on this machine what an event costs and what pruning buys. Ratios of one run are what counts.",
        subcommands = {
            BenchThroughputCommand.class,
            BenchUsersCommand.class,
            BenchLatencyCommand.class,
            BenchSwapCommand.class,
            BenchSoakCommand.class
        })
final class BenchCommand {
    @Command(
            name = "compact",
            mixinStandardHelpOptions = true,
            description = {
                "Compares dense (batch norm folded), masked and compacted models in one run, at batch 1 and 32: time, operations,"
                        + " file size and peak memory.",
                "The variants take turns, so that what else the machine does hits all of them. Prints a table in Markdown."
            })
    int compact(
            @Option(
                            names = "--networks",
                            paramLabel = "NAME",
                            split = ",",
                            defaultValue = "vgg-7,ds-cnn,mobilenet-v1,resnet-50",
                            description = "Any of vgg-7, ds-cnn, mobilenet-v1 and resnet-50 (default: all).")
                    List<String> networks,
            @Option(
                            names = "--remove",
                            paramLabel = "SHARE",
                            split = ",",
                            defaultValue = "0.5,0.65",
                            description = "Shares of the nodes of every layer to remove (default: 0.5,0.65).")
                    List<Double> shares,
            @Option(
                            names = "--rounds",
                            defaultValue = "15",
                            paramLabel = "N",
                            description = "Rounds from which medians are computed (default: 15).")
                    int rounds,
            @Option(
                            names = "--seed",
                            defaultValue = "1",
                            paramLabel = "N",
                            description = "Seed of weights and masks (default: 1).")
                    long seed,
            @Option(names = "--no-memory", description = "Do not measure memory, which starts further processes.")
                    boolean noMemory,
            @Option(names = "--json", paramLabel = "FILE", description = "Also write all numbers to this file.")
                    @Nullable
                    Path json)
            throws Exception {
        for (double share : shares) {
            if (!(share >= 0 && share <= 0.99)) {
                throw new CommandFailedException(ExitCode.USAGE, "Expected 0 to 0.99 as --remove, but was " + share);
            }
        }
        if (rounds < 1) {
            throw new CommandFailedException(ExitCode.USAGE, "Expected at least 1 as --rounds, but was " + rounds);
        }
        List<BenchShape> shapes = networks.stream().map(BenchCommand::shape).toList();
        List<CompactResult> results;
        try (Progress progress = Progress.standard()) {
            results = new CompactBench(
                            new CompactBench.Options(shapes, shares, rounds, seed, !noMemory), progress::show)
                    .run();
        }
        if (json != null) {
            Files.writeString(json, CompactReport.json(results));
        }
        System.out.println(CompactReport.markdown(results));
        return ExitCode.OK;
    }

    private static BenchShape shape(String name) {
        return Arrays.stream(BenchShape.values())
                .filter(shape -> shape.flag().equals(name))
                .findFirst()
                .orElseThrow(() -> new CommandFailedException(
                        ExitCode.USAGE,
                        "Expected one of %s as --networks, but was %s"
                                .formatted(
                                        Arrays.stream(BenchShape.values())
                                                .map(BenchShape::flag)
                                                .toList(),
                                        name)));
    }
}
