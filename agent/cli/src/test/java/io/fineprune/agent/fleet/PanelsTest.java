package io.fineprune.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.fineprune.agent.device.KafkaDeviceTransport;
import io.fineprune.agent.grafana.Dashboards;
import io.fineprune.agent.grafana.Prometheus;
import io.fineprune.agent.grafana.Tools;
import io.fineprune.agent.metrics.MonitoringServer;
import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.agent.tensorflow.layerwise.TensorFlowLayerwiseModel;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.PersonalizationPlan;
import io.fineprune.topology.lifecycle.UpkeepSettings;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.RepairSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every panel of every dashboard shows something, when a real Prometheus scrapes a real agent at work. */
class PanelsTest {
    private static final List<String> USERS = List.of("ada", "boris", "chen");
    private static final Path TABLE = Path.of("target", "grafana-panels.md");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int BUDGET = 30;

    @Test
    void shouldShowDataInEveryPanelWhenAFleetIsAtWork(@TempDir Path folder) throws Exception {
        assumeTrue(Tools.find("prometheus").isPresent(), "prometheus is not on the PATH (Debian package prometheus)");
        try (Fleet fleet = new Fleet(folder)) {
            Topics topics = fleet.topics("panels");
            try (TensorFlowLayerwiseModel layerwise = fleet.layerwise();
                    FleetAgent agent = agent(fleet, topics, layerwise);
                    MonitoringServer server =
                            MonitoringServer.start("127.0.0.1", 0, agent.metrics()::scrape, agent.health());
                    Prometheus prometheus = Prometheus.start(folder, server.port());
                    KafkaDeviceTransport devices = new KafkaDeviceTransport(topics, fleet.kafka())) {
                Map<Dashboards.Target, Integer> series = work(fleet, topics, devices, prometheus);
                Files.writeString(TABLE, table(series));
                Files.writeString(
                        Path.of("target", "metrics.txt"), agent.metrics().scrape());
                assertThat(series)
                        .isNotEmpty()
                        .allSatisfy((target, count) -> assertThat(count)
                                .as("%s / %s: %s", target.dashboard(), target.panel(), target.expression())
                                .isPositive());
                assertHealthyRules(prometheus);
            }
        }
    }

    private static FleetAgent agent(Fleet fleet, Topics topics, TensorFlowLayerwiseModel layerwise)
            throws InterruptedException {
        RepairSettings repairs = new RepairSettings(false, 0, 0.01, 32, true, 0);
        PersonalizationPlan plan =
                new PersonalizationPlan(PruningPlan.DEFAULT, UpdateKind.UPDATE_KIND_MASK, true, false, repairs);
        return fleet.agent(
                fleet.settings(
                        topics,
                        new EffectiveSettings(plan, new Budget(BUDGET, 0, 1)),
                        64,
                        new UpkeepSettings(2, 3, 3, 10, 0, 0)),
                "panels",
                Map.of(fleet.modelId(), layerwise),
                Map.of("commit.interval.ms", "500"));
    }

    /** Keeps the fleet busy until every panel has shown something, or patience ends. */
    private static Map<Dashboards.Target, Integer> work(
            Fleet fleet, Topics topics, KafkaDeviceTransport devices, Prometheus prometheus) throws Exception {
        Map<Dashboards.Target, Integer> series = new LinkedHashMap<>();
        Dashboards.targets().forEach(target -> series.put(target, 0));
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (int round = 0; series.containsValue(0) && System.nanoTime() < end; round++) {
            keepBusy(fleet, topics, devices, round);
            LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
            for (Map.Entry<Dashboards.Target, Integer> panel : series.entrySet()) {
                if (panel.getValue() == 0) {
                    panel.setValue(
                            prometheus.series(Dashboards.expand(panel.getKey().expression(), 1, 2, 60)));
                }
            }
        }
        return series;
    }

    private static void keepBusy(Fleet fleet, Topics topics, KafkaDeviceTransport devices, int round)
            throws IOException {
        for (String user : USERS) {
            List<SensorEvent> events = fleet.events(user, user, 15 * round, 15 * round + 15);
            fleet.send(
                    topics,
                    events.stream()
                            .map(event -> event.toBuilder()
                                    .setCapturedAtMillis(System.currentTimeMillis())
                                    .build())
                            .toList());
        }
        try (KafkaProducer<byte[], byte[]> producer = fleet.producer(topics)) {
            var unused = producer.send(new ProducerRecord<>(
                    topics.sensorEvents().name(),
                    new byte[] {'x'},
                    ByteString.copyFromUtf8("no event").toByteArray()));
            var command = producer.send(new ProducerRecord<>(
                    topics.pruningCommands().name(),
                    "ada".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                    PruneCommand.newBuilder()
                            .setCommandId("again-" + round)
                            .setUserId("ada")
                            .setAction(CommandAction.COMMAND_ACTION_REPRUNE)
                            .setRequestedAtMillis(System.currentTimeMillis())
                            .build()
                            .toByteArray()));
            assertThat(command).isNotSameAs(unused);
        }
        devices.acknowledge(answer(fleet, "ada", AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED, round));
        devices.acknowledge(answer(fleet, "boris", AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED, round));
        for (int version = 0; version < 2; version++) {
            devices.label(label(fleet, "boris", version, round));
            devices.label(label(fleet, "chen", version, round + 1));
        }
        devices.flush();
        System.gc(); // so that there are pauses to be shown
    }

    private static MaskAcknowledgement answer(Fleet fleet, String user, AcknowledgementStatus status, int round) {
        boolean refused = status == AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED;
        return MaskAcknowledgement.newBuilder()
                .setUserId(user)
                .setDeviceId(user + "-1")
                .setModelId(fleet.modelId())
                .setVersion(round + 1)
                .setStatus(status)
                .setReason(refused ? "another fingerprint" : "")
                .setAppliedAtMillis(System.currentTimeMillis())
                .setSwapMicros(refused ? 0 : 20_000)
                .setLongestGapMicros(refused ? 0 : 300)
                .build();
    }

    private static FeedbackLabel label(Fleet fleet, String user, long version, int round) {
        return FeedbackLabel.newBuilder()
                .setUserId(user)
                .setModelId(fleet.modelId())
                .setEventId("event-" + round)
                .setLabel("1")
                .setPredicted(round % 3 == 0 ? "2" : "1")
                .setMaskVersion(version)
                .setLabeledAtMillis(System.currentTimeMillis())
                .build();
    }

    private static void assertHealthyRules(Prometheus prometheus) throws Exception {
        int rules = 0;
        for (JsonNode group : prometheus.get("/api/v1/rules").path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                rules++;
                assertThat(rule.path("lastError").asText())
                        .as(rule.path("name").asText())
                        .isEmpty();
            }
        }
        assertThat(rules).isGreaterThan(30);
    }

    private static String table(Map<Dashboards.Target, Integer> series) {
        StringBuilder text = new StringBuilder("| Dashboard | Panel | Query | Series |\n|---|---|---|---|\n");
        series.forEach((target, count) -> text.append("| %s | %s | `%s` | %d |%n"
                .formatted(
                        target.dashboard(), target.panel(), target.expression().replace("|", "\\|"), count)));
        return text.toString();
    }
}
