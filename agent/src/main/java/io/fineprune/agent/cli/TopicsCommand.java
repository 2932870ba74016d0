package io.fineprune.agent.cli;

import io.fineprune.agent.config.Configuration;
import io.fineprune.agent.config.Settings;
import io.fineprune.agent.runtime.FleetTopics;
import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Creates and lists the fleet's topics.")
final class TopicsCommand {
    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = {
                "Creates the topics that are missing, with the cleanup policy and size limits that they need.",
                "Topics that are there are left alone."
            })
    int create(
            @Mixin ClusterOptions cluster,
            @Option(
                            names = "--partitions",
                            defaultValue = "0",
                            description =
                                    "Partitions of each topic; also the most agent threads that can share the work. "
                                            + "Cannot be changed once there is state (default: 6).")
                    int partitions)
            throws Exception {
        if (partitions < 0 || partitions > 10_000) {
            throw new CommandFailedException(
                    ExitCode.USAGE, "Expected 0 to 10000 as --partitions, but was " + partitions);
        }
        Configuration configuration = cluster.load();
        try (FleetTopics topics = new FleetTopics(Topics.standard(), configuration.kafka())) {
            List<String> created = topics.create(
                    partitions, configuration.get(Settings.TOPIC_REPLICATION).intValue());
            created.forEach(name -> System.out.println("created " + name));
            System.out.printf(
                    "%d created, %d were there%n",
                    created.size(), Topics.standard().all().size() - created.size());
        }
        return ExitCode.OK;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the topics and what they are for.")
    int list() {
        for (TopicDescriptor<?, ?> topic : Topics.standard().all()) {
            System.out.printf(
                    "%-28s %s; %s; at most %,d bytes%n",
                    topic.name(), topic.description(), topic.cleanupPolicy(), topic.maxMessageBytes());
        }
        return ExitCode.OK;
    }
}
