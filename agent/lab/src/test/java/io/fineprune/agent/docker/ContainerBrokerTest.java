package io.fineprune.agent.docker;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.AudioClip;
import io.fineprune.schemas.v1.AudioEncoding;
import io.fineprune.schemas.v1.SensorEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

@NeedsDockerEngine
class ContainerBrokerTest {
    private static final int LARGEST_PAYLOAD_BYTES = 960_000;

    private static final KafkaContainer BROKER = new KafkaContainer(
            DockerImageName.parse(DockerEngine.KAFKA_IMAGE).asCompatibleSubstituteFor("apache/kafka"));

    private final Topics topics = Topics.withPrefix("acme.");

    @BeforeAll
    static void start() {
        BROKER.start();
    }

    @AfterAll
    static void stop() {
        BROKER.stop();
    }

    @Test
    void shouldReadTheLargestEventBackWhenTopicsAreMadeFromTheirDescriptors() throws Exception {
        try (Admin admin = Admin.create(client())) {
            admin.createTopics(topics.all().stream()
                            .map(topic -> topic.newTopic((short) 1))
                            .toList())
                    .all()
                    .get();
            assertThat(partitions(admin)).isEqualTo(expectedPartitions());
            assertThat(cleanupPolicy(admin, topics.pruningMasks())).isEqualTo("compact");
            assertThat(cleanupPolicy(admin, topics.sensorEvents())).isEqualTo("delete");
        }
        SensorEvent event = largestEvent();
        write(event);
        ConsumerRecord<String, SensorEvent> record = readOne();

        assertThat(record.key()).isEqualTo("zoë");
        assertThat(record.value()).isEqualTo(event);
    }

    private Map<String, Integer> partitions(Admin admin) throws Exception {
        Map<String, TopicDescription> found = admin.describeTopics(
                        topics.all().stream().map(TopicDescriptor::name).toList())
                .allTopicNames()
                .get();
        return found.values().stream()
                .collect(Collectors.toMap(
                        TopicDescription::name, topic -> topic.partitions().size()));
    }

    private Map<String, Integer> expectedPartitions() {
        return topics.all().stream()
                .map(topic -> topic.newTopic((short) 1))
                .collect(Collectors.toMap(NewTopic::name, NewTopic::numPartitions));
    }

    private static String cleanupPolicy(Admin admin, TopicDescriptor<?, ?> topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        Config config = requireNonNull(
                admin.describeConfigs(List.of(resource)).all().get().get(resource));
        return config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
    }

    private void write(SensorEvent event) throws Exception {
        TopicDescriptor<String, SensorEvent> topic = topics.sensorEvents();
        try (KafkaProducer<String, SensorEvent> producer = new KafkaProducer<>(
                client(), topic.keySerde().serializer(), topic.valueSerde().serializer())) {
            producer.send(new ProducerRecord<>(topic.name(), event.getUserId(), event))
                    .get();
        }
    }

    private ConsumerRecord<String, SensorEvent> readOne() {
        TopicDescriptor<String, SensorEvent> topic = topics.sensorEvents();
        try (KafkaConsumer<String, SensorEvent> consumer = new KafkaConsumer<>(
                client(), topic.keySerde().deserializer(), topic.valueSerde().deserializer())) {
            List<TopicPartition> all = IntStream.range(0, topic.defaultPartitions())
                    .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            var records = consumer.poll(Duration.ofSeconds(20));
            assertThat(records.count()).isEqualTo(1);
            return records.iterator().next();
        }
    }

    private static Map<String, Object> client() {
        return Map.of("bootstrap.servers", BROKER.getBootstrapServers());
    }

    private static SensorEvent largestEvent() {
        byte[] samples = new byte[LARGEST_PAYLOAD_BYTES];
        new Random(1).nextBytes(samples);
        return SensorEvent.newBuilder()
                .setEventId("event-1")
                .setDeviceId("kitchen")
                .setUserId("zoë")
                .setModelId("digits")
                .setCapturedAtMillis(1_760_000_000_000L)
                .setAudio(AudioClip.newBuilder()
                        .setSampleRateHz(16_000)
                        .setEncoding(AudioEncoding.AUDIO_ENCODING_PCM_S16LE)
                        .setData(ByteString.copyFrom(samples)))
                .build();
    }
}
