package io.fineprune.agent.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerProcessTest {
    @Test
    void shouldKeepCommittedRecordsWhenKilledAndStartedAgain(@TempDir Path directory) throws Exception {
        int port;
        try (BrokerProcess broker = BrokerProcess.start(BrokerSettings.in(directory))) {
            port = broker.port();
            createTopic(broker.bootstrapServers(), "kept");
            write(broker.bootstrapServers(), "kept", "before");
            broker.kill();
            assertThat(broker.isAlive()).isFalse();
        }
        try (BrokerProcess broker =
                BrokerProcess.start(BrokerSettings.in(directory).withPort(port))) {
            assertThat(broker.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
            write(broker.bootstrapServers(), "kept", "after");
            assertThat(read(broker.bootstrapServers(), "kept", 2)).containsExactly("before", "after");
            assertThat(broker.terminate(Duration.ofSeconds(10)))
                    .as("gone within 10 s of SIGTERM")
                    .isTrue();
        }
        assertThat(Files.readString(directory.resolve("broker.log"))).doesNotContain("ERROR");
    }

    @Test
    void shouldSayWhyWhenThePortIsTaken(@TempDir Path directory) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            BrokerSettings settings = BrokerSettings.in(directory).withPort(taken.getLocalPort());
            assertThatThrownBy(() -> BrokerProcess.start(settings))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("did not start")
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()));
        }
    }

    @Test
    void shouldEndWhenTheProcessThatStartedItIsKilled(@TempDir Path directory) throws Exception {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        StartsBroker.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var output = parent.inputReader(StandardCharsets.UTF_8)) {
            long pid = Long.parseLong(output.readLine());
            ProcessHandle broker = ProcessHandle.of(pid).orElseThrow();
            parent.destroyForcibly();
            broker.onExit().get(20, TimeUnit.SECONDS);
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void shouldServeInThisJvmAndLeaveNothingBehind() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(
                new BrokerSettings(Optional.empty(), true, 0, Map.of("message.max.bytes", "2000000")))) {
            createTopic(broker.bootstrapServers(), "here");
            write(broker.bootstrapServers(), "here", "one");
            assertThat(read(broker.bootstrapServers(), "here", 1)).containsExactly("one");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void createTopic(String servers, String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
    }

    private static void write(String servers, String topic, String value) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get(30, TimeUnit.SECONDS);
        }
    }

    private static List<String> read(String servers, String topic, int records) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers, "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            List<String> values = new java.util.ArrayList<>();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (values.size() < records && System.nanoTime() < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(500))) {
                    values.add(record.value());
                }
            }
            return values;
        }
    }

    /** A process of its own that starts a broker, tells its pid and waits to be killed. */
    static final class StartsBroker {
        private StartsBroker() {}

        public static void main(String[] arguments) throws InterruptedException {
            BrokerProcess broker = BrokerProcess.start(BrokerSettings.in(Path.of(arguments[0])));
            System.out.println(broker.pid());
            Thread.currentThread().join();
        }
    }
}
