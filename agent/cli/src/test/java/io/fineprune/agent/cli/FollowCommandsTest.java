package io.fineprune.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fineprune.agent.broker.BrokerSettings;
import io.fineprune.agent.broker.EmbeddedBroker;
import io.fineprune.agent.runtime.FleetTopics;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.ReasonCode;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.Trigger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports, devices and dead letters, read from a broker. */
class FollowCommandsTest {
    private static final String HELD =
            "Held back: expected gain 5.6 points, but with so few events it could be a loss of 2.5.";

    private final Topics topics = Topics.standard();

    @Test
    void shouldSayWhatWasDecidedWhatDevicesRunAndWhatWasNotUnderstood(@TempDir Path folder) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.in(folder.resolve("broker")))) {
            Map<String, String> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
            try (FleetTopics admin = new FleetTopics(topics, kafka)) {
                admin.create(2, 1);
            }
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.<String, Object>copyOf(kafka), new ByteArraySerializer(), new ByteArraySerializer())) {
                fill(producer);
            }
            String at = broker.bootstrapServers();
            assertThat(Run.of("reports", "-b", at).out()).contains("ada kws: held back, version 1", HELD, "bob kws");
            assertThat(Run.of("reports", "-b", at, "--user", "ada").out())
                    .contains(HELD)
                    .doesNotContain("bob");
            JsonNode json = new ObjectMapper()
                    .readTree(Run.of("reports", "-b", at, "--user", "ada", "--json")
                            .out());
            assertThat(json.path("reasonCode").asText()).isEqualTo("REASON_CODE_GAIN_UNSURE");
            assertThat(json.path("decidedAtMillis").asText())
                    .as("64-bit numbers are text")
                    .isEqualTo("5000");
            assertThat(Run.of("devices", "-b", at).out().lines())
                    .as("the last answer of each device")
                    .hasSize(1)
                    .allSatisfy(line -> assertThat(line)
                            .contains("kitchen kws of ada: runs version 1, refused version 2: another fingerprint"));
            assertThat(Run.of("dead-letters", "-b", at).out())
                    .contains("malformed: Expected 1 to 64 bytes")
                    .contains("user 'ada', device 'kitchen?'", "sensor-events-1@17")
                    .contains("sender unknown, key 'x'");
            assertThat(Run.of("dead-letters", "-b", at, "--since", "yesterday").err())
                    .contains("Expected --since as 90s, 30m, 24h");
        }
    }

    private void fill(KafkaProducer<byte[], byte[]> producer) throws Exception {
        for (String user : new String[] {"ada", "bob"}) {
            PruningReport report = PruningReport.newBuilder()
                    .setUserId(user)
                    .setModelId("kws")
                    .setTrigger(Trigger.TRIGGER_BUDGET_EVENTS)
                    .setOutcome(PruningOutcome.PRUNING_OUTCOME_HELD_BACK)
                    .setReasonCode(ReasonCode.REASON_CODE_GAIN_UNSURE)
                    .setReason(HELD)
                    .setVersion(1)
                    .setDecidedAtMillis(5_000)
                    .build();
            producer.send(new ProducerRecord<>(topics.pruningReports().name(), bytes(user), report.toByteArray()))
                    .get();
        }
        for (int version = 1; version < 3; version++) {
            boolean refused = version == 2;
            MaskAcknowledgement answer = MaskAcknowledgement.newBuilder()
                    .setUserId("ada")
                    .setDeviceId("kitchen")
                    .setModelId("kws")
                    .setVersion(version)
                    .setStatus(
                            refused
                                    ? AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED
                                    : AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED)
                    .setReason(refused ? "another fingerprint" : "")
                    .setAppliedAtMillis(1_000L * version)
                    .setRunningVersion(1)
                    .build();
            producer.send(new ProducerRecord<>(
                            topics.maskAcknowledgements().name(), bytes("ada"), answer.toByteArray()))
                    .get();
        }
        dead(
                producer,
                SensorEvent.newBuilder()
                        .setUserId("ada")
                        .setDeviceId("kitchen\n")
                        .build()
                        .toByteArray());
        dead(producer, new byte[] {1, 2, 3});
    }

    private void dead(KafkaProducer<byte[], byte[]> producer, byte[] value) throws Exception {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topics.sensorEventsDeadLetters().name(), bytes("x"), value);
        record.headers()
                .add("fineprune.error.reason", bytes("MALFORMED"))
                .add(
                        "fineprune.error.message",
                        bytes("Expected 1 to 64 bytes in field sensor_event.event_id, but was 0"))
                .add("fineprune.source.topic", bytes("sensor-events"))
                .add("fineprune.source.partition", bytes("1"))
                .add("fineprune.source.offset", bytes("17"));
        producer.send(record).get();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
