package io.fineprune.agent.cli;

import io.fineprune.agent.bench.UsersBench;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "users",
        mixinStandardHelpOptions = true,
        description = {
            "Measures what the number of users costs, with VGG-7 and feature events: the processor's time per event as a ratio to"
                    + " that with the fewest users, bytes of the stores per user, bytes of the changelogs per event, and the"
                    + " time in which an agent without state restores all of it.",
            "Every user has sent at least one event before the rounds. Agents with each number of users take turns in one"
                    + " process. 100,000 users take about ten minutes and 5 GB of disk."
        })
final class BenchUsersCommand implements Callable<Integer> {
    @Mixin
    private BenchRun run = new BenchRun();

    @Option(
            names = "--users",
            paramLabel = "N",
            split = ",",
            defaultValue = "10,1000,100000",
            description = "Numbers of users (default: 10,1000,100000).")
    private List<Integer> users = List.of();

    @Option(names = "--events", paramLabel = "N", defaultValue = "3200", description = "Of a round (default: 3200).")
    private int events;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Measured (default: 5).")
    private int rounds;

    @Override
    public Integer call() throws Exception {
        users.forEach(count -> BenchRun.require("--users", count, 1));
        BenchRun.require("--events", events, 64);
        BenchRun.require("--rounds", rounds, 1);
        return run.run(
                (scratch, progress) -> new UsersBench(users, events, rounds, scratch, progress).run(),
                UsersBench.Results::markdown);
    }
}
