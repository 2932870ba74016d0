package io.fineprune.topology.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.topology.testing.TinyNet;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DescriptionTest {
    @ParameterizedTest
    @EnumSource(Routing.class)
    void shouldNameEveryNodeInWords(Routing routing) {
        Set<String> names = new TreeSet<>();
        for (TopologyDescription.Subtopology part : describe(routing).subtopologies()) {
            part.nodes().forEach(node -> names.add(node.name()));
        }
        assertThat(names)
                .contains(Names.EVENT_ROUTER, Names.COMMAND_ROUTER, Names.USER_PRUNING)
                .allMatch(name -> name.matches("[a-z]+(-[a-z]+)*"));
    }

    @Test
    void shouldKeepEventsAndUsersTogetherWhenRoutingIsDirect() {
        TopologyDescription description = describe(Routing.DIRECT);
        assertThat(description.subtopologies()).hasSize(3);
        assertThat(sourcesOf(description, Names.USER_PRUNING))
                .containsExactly(
                        "commands-by-user-repartition",
                        "events-by-user-repartition",
                        "failures-by-user-repartition",
                        "sensor-events");
    }

    @Test
    void shouldKeepUsersApartWhenEveryEventTakesTheInternalTopic() {
        TopologyDescription description = describe(Routing.REPARTITION);
        assertThat(description.subtopologies()).hasSize(4);
        assertThat(sourcesOf(description, Names.USER_PRUNING))
                .containsExactly(
                        "commands-by-user-repartition", "events-by-user-repartition", "failures-by-user-repartition");
    }

    @Test
    void shouldConnectEveryStoreToTheUsers() {
        assertThat(describe(Routing.DIRECT).subtopologies().stream()
                        .flatMap(part -> part.nodes().stream())
                        .filter(node -> node.name().equals(Names.USER_PRUNING))
                        .map(TopologyDescription.Processor.class::cast)
                        .findFirst()
                        .orElseThrow()
                        .stores())
                .containsExactlyInAnyOrder(
                        "activation-sums",
                        "user-lifecycle",
                        "user-reservoir",
                        "user-updates",
                        "due-prunings",
                        "waiting-records",
                        "fleet-lifecycle",
                        "fleet-sweeps",
                        "event-buffer");
    }

    private static Set<String> sourcesOf(TopologyDescription description, String node) {
        Set<String> topics = new TreeSet<>();
        description.subtopologies().stream()
                .filter(part -> part.nodes().stream().anyMatch(n -> n.name().equals(node)))
                .flatMap(part -> part.nodes().stream())
                .filter(TopologyDescription.Source.class::isInstance)
                .forEach(source -> topics.addAll(((TopologyDescription.Source) source).topicSet()));
        return topics;
    }

    private static TopologyDescription describe(Routing routing) {
        TopologySettings settings = Harness.settings(4, io.fineprune.topology.budget.Budget.DEFAULT, routing);
        Topology topology = new PruningTopology(
                        settings,
                        Map.of("tiny", new TinyNet("tiny", 3, 4, 6, 8, 3)),
                        Map.of(),
                        StreamListener.NONE,
                        Clock.systemUTC(),
                        Runnable::run)
                .get();
        return topology.describe();
    }
}
