package io.fineprune.agent.cli;

import io.fineprune.agent.config.Configuration;
import io.fineprune.agent.config.Settings;
import io.fineprune.agent.runtime.FleetRole;
import io.fineprune.agent.runtime.FleetTopics;
import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.acl.AclBinding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Creates and lists the fleet's topics, and who may use them.")
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

    @Command(
            name = "acls",
            mixinStandardHelpOptions = true,
            description =
                    "Prints the ACLs that a part of the fleet needs, as arguments of kafka-acls; with --create makes them.")
    int acls(
            @Mixin ClusterOptions cluster,
            @Option(
                            names = "--role",
                            required = true,
                            paramLabel = "ROLE",
                            description = "One of ${COMPLETION-CANDIDATES}.")
                    FleetRole role,
            @Option(
                            names = "--principal",
                            required = true,
                            paramLabel = "USER",
                            description = "Kafka principal to allow, such as User:agent.")
                    String principal,
            @Option(names = "--create", description = "Create the ACLs; needs an administrator's access.")
                    boolean create)
            throws Exception {
        Configuration configuration = cluster.load();
        List<AclBinding> acls = role.acls(Topics.standard(), principal, configuration.get(Settings.APPLICATION_ID));
        for (AclBinding acl : acls) {
            System.out.printf(
                    "--add --allow-principal %s --operation %s --%s %s --resource-pattern-type %s%n",
                    principal,
                    acl.entry().operation(),
                    acl.pattern().resourceType().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    acl.pattern().name(),
                    acl.pattern().patternType().name().toLowerCase(Locale.ROOT));
        }
        if (create) {
            try (FleetTopics topics = new FleetTopics(Topics.standard(), configuration.kafka())) {
                topics.grant(acls);
            }
            System.out.printf("%d created%n", acls.size());
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
