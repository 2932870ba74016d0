package io.fineprune.agent.cli;

import io.fineprune.agent.bench.SoakBench;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = {
            "Watches the memory of an agent over many events: resident memory, which holds TensorFlow's and RocksDB's own, and"
                    + " the live heap.",
            "Prints the slope of both over the second half, in MB per 100,000 events, and all samples."
        })
final class BenchSoakCommand implements Callable<Integer> {
    @Mixin
    private BenchRun run = new BenchRun();

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "200000",
            description = "Events in all (default: 200000).")
    private int events;

    @Option(
            names = "--users",
            paramLabel = "N",
            defaultValue = "100",
            description = "Users that send in turn (default: 100).")
    private int users;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "20", description = "Memory samples (default: 20).")
    private int samples;

    @Override
    public Integer call() throws Exception {
        BenchRun.require("--users", users, 1);
        BenchRun.require("--samples", samples, 4);
        BenchRun.require("--events", events, samples);
        return run.run(
                (scratch, progress) -> new SoakBench(events, users, samples, scratch, progress).run(),
                SoakBench.Result::markdown);
    }
}
