package io.fineprune.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fineprune.agent.keys.KeyFiles;
import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.agent.runtime.FleetRole;
import io.fineprune.agent.runtime.FleetTopics;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agent, device and operator as processes on a cluster with TLS, SASL/SCRAM and ACLs, with signed masks and commands. */
class SecuredClusterTest {
    private static final Map<String, String> PASSWORDS =
            Map.of("agent", "agent-Pa55word-1", "device", "device-Pa55word-2", "operator", "operator-Pa55word-3");
    private static final Topics TOPICS = Topics.standard();

    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();

    @Test
    void shouldLetEachRoleDoItsPartAndNoMore() throws Exception {
        Path model = Files.createDirectories(folder.resolve("model"));
        ProcessesTest.copy("/demo/model/saved_model.pb", model.resolve("saved_model.pb"));
        ProcessesTest.copy("/demo/model/model.yaml", model.resolve("model.yaml"));
        Path data = ProcessesTest.copy("/demo/spoken-digits-users.zip", folder.resolve("users.zip"));
        KeyFiles.create(folder.resolve("masks"));
        KeyFiles.create(folder.resolve("commands"));
        try (SecuredCluster cluster = new SecuredCluster(folder)) {
            cluster.addUsers(PASSWORDS);
            try (FleetTopics topics = new FleetTopics(TOPICS, cluster.admin())) {
                topics.create(2, 1);
                for (FleetRole role : FleetRole.values()) {
                    String name = role.name().toLowerCase(Locale.ROOT);
                    topics.grant(role.acls(TOPICS, "User:" + name, "fineprune"));
                }
            }
            try (Cli.Child agent = agent(cluster, model)) {
                agent.awaitLine("Agent runs");
                try (Cli.Child device = device(cluster, model, data)) {
                    device.awaitLine("ada: sent 40 events");
                    refusesStrangers(cluster);
                    staysWithinItsRole(cluster);
                    Path operator = cluster.configuration("operator", PASSWORDS.getOrDefault("operator", ""), "broker");
                    Cli.Ended unsigned = run("reprune", "--user", "ada", "--wait", "3", "-c", operator.toString());
                    assertThat(unsigned.exitCode()).as(unsigned.output()).isEqualTo(1);
                    Cli.Ended signed = run(
                            "reprune",
                            "--user",
                            "ada",
                            "--sparsity",
                            "0.5",
                            "-c",
                            operator.toString(),
                            "--signing-key",
                            folder.resolve("commands").resolve(KeyFiles.PRIVATE).toString());
                    assertThat(signed.exitCode()).as(signed.output()).isZero();
                    assertThat(signed.output()).contains("published, version");
                    FleetControl control =
                            new FleetControl(TOPICS, cluster.user("operator", PASSWORDS.getOrDefault("operator", "")));
                    Fleet.await(
                            () -> applied(control) >= 2,
                            () -> "version 2 or later applied, found " + control.acknowledgements());
                    said.add(device.terminate());
                }
                said.add(agent.terminate());
            }
        }
        assertThat(said)
                .hasSize(7)
                .allSatisfy(output -> assertThat(output).doesNotContain("Pa55word", "PRIVATE KEY--"));
        assertThat(said.get(5)).contains("mask version ");
    }

    private static long applied(FleetControl control) {
        return control.acknowledgements().stream()
                .filter(answer -> answer.getStatus() == AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED)
                .mapToLong(MaskAcknowledgement::getVersion)
                .max()
                .orElse(0);
    }

    private Cli.Ended run(String... arguments) throws Exception {
        Cli.Ended ended = Cli.run(arguments);
        said.add(ended.output());
        return ended;
    }

    private Cli.Ended end(Cli.Child child) throws Exception {
        Cli.Ended ended = child.end();
        said.add(ended.output());
        return ended;
    }

    private void refusesStrangers(SecuredCluster cluster) throws Exception {
        String soon = "kafka.default.api.timeout.ms=6000";
        try (Cli.Child password = new Cli.Child(
                        "masks",
                        "list",
                        "-c",
                        cluster.configuration("operator", "wrong-Pa55word-4", "broker")
                                .toString());
                Cli.Child authority = new Cli.Child(
                        "masks",
                        "list",
                        "-c",
                        cluster.configuration("operator", PASSWORDS.getOrDefault("operator", ""), "stranger")
                                .toString());
                Cli.Child plain = new Cli.Child(
                        "topics",
                        "create",
                        "-b",
                        cluster.bootstrapServers(),
                        "--set",
                        soon,
                        "--set",
                        "kafka.request.timeout.ms=5000")) {
            Cli.Ended wrong = end(password);
            assertThat(wrong.exitCode()).as(wrong.output()).isEqualTo(1);
            assertThat(wrong.output()).contains("Authentication failed");
            Cli.Ended unknown = end(authority);
            assertThat(unknown.exitCode()).as(unknown.output()).isEqualTo(1);
            assertThat(unknown.output()).contains("SSL handshake failed");
            Cli.Ended unencrypted = end(plain);
            assertThat(unencrypted.exitCode()).as(unencrypted.output()).isEqualTo(1);
            assertThat(unencrypted.output()).contains("does it take PLAINTEXT there (kafka.security.protocol)?");
        }
    }

    private static void staysWithinItsRole(SecuredCluster cluster) {
        Map<String, Object> device = new HashMap<>(cluster.user("device", PASSWORDS.getOrDefault("device", "")));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(device, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String topic : List.of(
                    TOPICS.pruningMasks().name(),
                    TOPICS.pruningCommands().name(),
                    TOPICS.pruningReports().name())) {
                assertThatThrownBy(() -> producer.send(new ProducerRecord<>(topic, new byte[1], new byte[1]))
                                .get(20, TimeUnit.SECONDS))
                        .as("writing to %s", topic)
                        .hasCauseInstanceOf(TopicAuthorizationException.class);
            }
        }
        for (String topic : List.of(
                TOPICS.sensorEvents().name(),
                TOPICS.pruningCommands().name(),
                TOPICS.maskAcknowledgements().name())) {
            try (KafkaConsumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(device, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer.assign(List.of(new TopicPartition(topic, 0)));
                consumer.seekToBeginning(consumer.assignment());
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 20; i++) {
                                consumer.poll(Duration.ofSeconds(1));
                            }
                        })
                        .as("reading %s", topic)
                        .isInstanceOf(TopicAuthorizationException.class);
            }
        }
    }

    private Cli.Child agent(SecuredCluster cluster, Path model) throws Exception {
        return new Cli.Child(
                "agent",
                "-c",
                cluster.configuration("agent", PASSWORDS.getOrDefault("agent", ""), "broker")
                        .toString(),
                "--model",
                model.toString(),
                "--state",
                folder.resolve("state").toString(),
                "--http-port",
                "0",
                "--set",
                "budget.events=30",
                "--set",
                "pruning.method=plain",
                "--set",
                "masks.signing.key.file=" + folder.resolve("masks").resolve(KeyFiles.PRIVATE),
                "--set",
                "commands.trusted.keys.file=" + folder.resolve("commands").resolve(KeyFiles.PUBLIC));
    }

    private Cli.Child device(SecuredCluster cluster, Path model, Path data) throws Exception {
        return new Cli.Child(
                "device",
                "-c",
                cluster.configuration("device", PASSWORDS.getOrDefault("device", ""), "broker")
                        .toString(),
                "--model",
                model.toString(),
                "--data",
                data.toString(),
                "--user",
                "ada",
                "--events",
                "40",
                "--rate",
                "40",
                "--trusted-keys",
                folder.resolve("masks").resolve(KeyFiles.PUBLIC).toString(),
                "--state",
                folder.resolve("device").toString());
    }
}
