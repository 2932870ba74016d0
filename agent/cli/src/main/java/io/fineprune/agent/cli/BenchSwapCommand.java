package io.fineprune.agent.cli;

import io.fineprune.agent.bench.DeviceBench;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "swap",
        mixinStandardHelpOptions = true,
        description = {
            "Measures what exchanging the model costs a device that infers all the time: from receiving an update until running"
                    + " it, the longest time in which no inference could begin, and inferences missed.",
            "One device, VGG-7, masks of 50 and 70 % of the nodes in turn, each asked for by a command and repaired."
        })
final class BenchSwapCommand implements Callable<Integer> {
    private static final int BUDGET = 100;
    private static final double RATE = 100;

    @Mixin
    private BenchRun run = new BenchRun();

    @Option(names = "--swaps", paramLabel = "N", defaultValue = "10", description = "After the first (default: 10).")
    private int swaps;

    @Override
    public Integer call() throws Exception {
        BenchRun.require("--swaps", swaps, 1);
        return run.run(
                (scratch, progress) -> new DeviceBench(1, BUDGET, swaps, RATE, scratch, progress).run(),
                DeviceBench.Result::markdown);
    }
}
