package io.fineprune.agent.demo;

import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the devices' acknowledgements as an operator would, from the topic. For use by one thread. */
final class Answers implements AutoCloseable {
    private final TopicDescriptor<String, MaskAcknowledgement> topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, MaskAcknowledgement> applied = new ConcurrentHashMap<>();

    Answers(Topics topics, Map<String, String> kafka) {
        this.topic = topics.maskAcknowledgements();
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                .map(partition -> new TopicPartition(topic.name(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Waits for answers, for at most so long. */
    void poll(Duration timeout) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
            MaskAcknowledgement answer = topic.valueSerde().deserializer().deserialize(topic.name(), record.value());
            if (answer.getStatus() == AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED) {
                applied.put(answer.getUserId(), answer);
            }
        }
    }

    /** The latest mask that a user's device says it applied. */
    Optional<MaskAcknowledgement> of(String user) {
        return Optional.ofNullable(applied.get(user));
    }

    @Override
    public void close() {
        consumer.close();
    }
}
