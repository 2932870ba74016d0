package io.fineprune.agent.cli;

import io.fineprune.agent.bench.DeviceBench;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "latency",
        mixinStandardHelpOptions = true,
        description = {
            "Measures how long a user waits: from an event's timestamp until it is in the sums, and from the event that fills"
                    + " the budget until the device runs the repaired mask.",
            "Users come one after the other, with VGG-7, each with a device that infers all the time."
        })
final class BenchLatencyCommand implements Callable<Integer> {
    @Mixin
    private BenchRun run = new BenchRun();

    @Option(names = "--users", paramLabel = "N", defaultValue = "7", description = "One after the other (default: 7).")
    private int users;

    @Option(names = "--budget", paramLabel = "N", defaultValue = "200", description = "Events (default: 200).")
    private int budget;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "50", description = "Events per second (default: 50).")
    private double rate;

    @Override
    public Integer call() throws Exception {
        BenchRun.require("--users", users, 1);
        BenchRun.require("--budget", budget, 1);
        BenchRun.require("--rate", rate, 0.1);
        return run.run(
                (scratch, progress) -> new DeviceBench(users, budget, 0, rate, scratch, progress).run(),
                DeviceBench.Result::markdown);
    }
}
