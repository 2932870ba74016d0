package io.fineprune.agent.demo;

import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruningReport;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the devices' acknowledgements as an operator would, from the topic. For use by one thread. */
final class AcknowledgementReader implements AutoCloseable {
    private final TopicDescriptor<String, MaskAcknowledgement> topic;
    private final TopicDescriptor<String, PruningReport> reports;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Set<String> heldBack = ConcurrentHashMap.newKeySet();
    private final Map<String, MaskAcknowledgement> applied = new ConcurrentHashMap<>();

    AcknowledgementReader(Topics topics, Map<String, String> kafka) {
        this.topic = topics.maskAcknowledgements();
        this.reports = topics.pruningReports();
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = Stream.of(topic.name(), reports.name())
                .flatMap(name -> consumer.partitionsFor(name).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads new acknowledgements and reports, waiting for at most the timeout. */
    void poll(Duration timeout) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
            if (record.topic().equals(reports.name())) {
                PruningReport report = reports.valueSerde().deserializer().deserialize(reports.name(), record.value());
                if (report.getVersion() == 0) {
                    heldBack.add(report.getUserId());
                } else {
                    heldBack.remove(report.getUserId());
                }
                continue;
            }
            MaskAcknowledgement answer = topic.valueSerde().deserializer().deserialize(topic.name(), record.value());
            if (answer.getStatus() == AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED) {
                applied.put(answer.getUserId(), answer);
            }
        }
    }

    /** Returns the latest acknowledgement in which a user's device says that it applied a mask. */
    Optional<MaskAcknowledgement> of(String user) {
        return Optional.ofNullable(applied.get(user));
    }

    /** Tells whether the user's latest report says that no version is in force, so that the source model stays. */
    boolean heldBack(String user) {
        return heldBack.contains(user);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
