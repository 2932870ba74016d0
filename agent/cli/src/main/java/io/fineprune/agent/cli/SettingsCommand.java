package io.fineprune.agent.cli;

import io.fineprune.agent.config.Setting;
import io.fineprune.agent.config.Settings;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "settings",
        mixinStandardHelpOptions = true,
        description = {
            "Lists every setting with its default and environment variable.",
            "With --effective: what is in force here, from file, environment and flags, secrets hidden."
        })
final class SettingsCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--effective", description = "Show the values in force instead.")
    private boolean effective;

    @Override
    public Integer call() throws Exception {
        PrintStream out = System.out;
        if (effective) {
            out.print(cluster.load());
            return ExitCode.OK;
        }
        for (Setting<?> setting : Settings.all()) {
            out.printf(
                    "%s (default %s; %s)%n",
                    setting.key(), setting.fallback().orElse("none"), setting.environmentVariable());
            out.printf("    %s Expected %s.%n", setting.description(), setting.expected());
        }
        out.println("kafka.* (FINEPRUNE_KAFKA_*)");
        out.println("    Any property of Kafka's clients and of Kafka Streams, such as kafka.security.protocol.");
        return ExitCode.OK;
    }
}
