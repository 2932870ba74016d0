package io.fineprune.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.fleet.FleetNews;
import io.fineprune.agent.fleet.FleetUsers;
import io.fineprune.agent.fleet.FleetView;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.lifecycle.CommandEffect;
import io.fineprune.topology.pruning.SparsityReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetMeterTest {
    private static final Set<String> UNBOUNDED = Set.of("user", "user_id", "device", "device_id", "event", "event_id");
    private static final Path DOCUMENT = Path.of("..", "..", "grafana", "METRICS.md");

    @Test
    void shouldExposeEveryMeterUnderTheNameOfTheTable(@TempDir Path state) {
        try (AgentMetrics metrics = new AgentMetrics()) {
            FleetNews news = new FleetNews(6);
            FleetView view = new FleetView(FleetUsers.NOBODY, news);
            new FleetMetrics(metrics, view, Clock.systemUTC(), List.of("kws"));
            new StreamsMetrics(metrics, () -> KafkaStreams.State.RUNNING, () -> 3, state).brokers(() -> true);
            TopologyMetrics listener = new TopologyMetrics(metrics, news, Clock.systemUTC(), List.of("kws"));
            listener.pruned("kws", Trigger.TRIGGER_COMMAND, new SparsityReport(1, 2, 1, 2, 1, 2), 120, 1_000);
            listener.command(CommandAction.COMMAND_ACTION_PAUSE, CommandEffect.CHANGED);
            String scraped = metrics.scrape();
            for (FleetMeter meter : FleetMeter.values()) {
                String type = switch (meter.kind()) {
                    case COUNTER -> " counter";
                    case GAUGE -> " gauge";
                    case TIMER, SUMMARY -> " histogram";
                };
                assertThat(scraped)
                        .contains("# HELP " + meter.prometheusName() + " " + meter.description())
                        .contains("# TYPE " + meter.prometheusName() + type);
                assertThat(meter.tags()).doesNotContainAnyElementsOf(UNBOUNDED);
            }
        }
    }

    /** To write it anew: {@code ./mvnw test -pl agent/service -am -Dtest=FleetMeterTest -Dfineprune.write-documents}. */
    @Test
    void shouldBeDocumentedAsTheTableSays() throws Exception {
        String table = table();
        if (System.getProperty("fineprune.write-documents") != null) {
            Files.writeString(DOCUMENT, table);
        }
        assertThat(DOCUMENT).hasContent(table);
    }

    private static String table() {
        StringBuilder text = new StringBuilder("""
                # Metrics

                What the agent shows at `/metrics`, beside those of Kafka Streams, its clients and the JVM. No label takes more values
                as the fleet grows. Meters that end in `_users` are counts of users, now, with at most `le`: read quantiles with
                `histogram_quantile(0.5, sum by (le) (...))`, without `rate`. Histograms end in `_bucket`, `_sum` and `_count`.

                | Metric | Kind | Labels | Meaning |
                |---|---|---|---|
                """);
        for (FleetMeter meter : FleetMeter.values()) {
            text.append("| `%s` | %s | %s | %s |%n"
                    .formatted(
                            meter.prometheusName(),
                            switch (meter.kind()) {
                                case COUNTER -> "counter";
                                case GAUGE -> "gauge";
                                case TIMER, SUMMARY -> "histogram";
                            },
                            meter.tags().isEmpty() ? "" : "`" + String.join("`, `", meter.tags()) + "`",
                            meter.description()));
        }
        return text.toString();
    }
}
