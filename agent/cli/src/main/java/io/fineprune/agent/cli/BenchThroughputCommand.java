package io.fineprune.agent.cli;

import io.fineprune.agent.bench.ThroughputBench;
import io.fineprune.agent.bench.ThroughputResult;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "throughput",
        mixinStandardHelpOptions = true,
        description = {
            "Measures the whole way of an event, from the broker into its user's sums, with VGG-7 at batch 32.",
            "First the processor's time per event in the agent's process, as a ratio to the forward pass of the same frozen"
                    + " graph alone. Then events per second, as a ratio to those of the pattern that examples show: mapValues"
                    + " with one event at a time and an aggregation under exactly-once; once as the best known example does"
                    + " it, with a graph and a session for each event, once with one session kept open.",
            "All take turns in one process; broker and devices run in others. Medians of the rounds, after two to warm up. For"
                    + " this model the forward pass at batch 1 costs 1.4 times that at batch 32, so that one at a time with one"
                    + " session can lose no more than that by its batch."
        })
final class BenchThroughputCommand implements Callable<Integer> {
    @Mixin
    private BenchRun run = new BenchRun();

    @Option(
            names = "--payload",
            paramLabel = "KIND",
            defaultValue = "features",
            description = "What devices send: features, log-mel computed there, or wav (default: features).")
    private ThroughputBench.Payload payload = ThroughputBench.Payload.FEATURES;

    @Option(names = "--events", paramLabel = "N", defaultValue = "6400", description = "Of a round (default: 6400).")
    private int events;

    @Option(names = "--users", paramLabel = "N", defaultValue = "32", description = "Who send in turn (default: 32).")
    private int users;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Measured (default: 5).")
    private int rounds;

    @Option(
            names = "--known-users",
            description =
                    "The same users in every round. Otherwise new ones, whose inputs are all kept in their reservoirs,"
                            + " which costs most.")
    private boolean knownUsers;

    @Override
    public Integer call() throws Exception {
        BenchRun.require("--events", events, 64);
        BenchRun.require("--users", users, 1);
        BenchRun.require("--rounds", rounds, 1);
        return run.run(
                (scratch, progress) -> new ThroughputBench(
                                new ThroughputBench.Options(payload, events, users, rounds, !knownUsers),
                                scratch,
                                progress)
                        .run(),
                ThroughputResult::markdown);
    }
}
