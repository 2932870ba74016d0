package io.fineprune.agent.device;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.signature.RecordSignature;
import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.SensorEvent;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A device's connection to Kafka: one producer, and one consumer of the one partition that holds its user's masks. */
public final class KafkaDeviceTransport implements DeviceTransport {
    private static final Logger LOGGER = LoggerFactory.getLogger(KafkaDeviceTransport.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);
    private static final long RETRY_MILLIS = 500;

    private final Topics topics;
    private final Map<String, String> kafka;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private volatile boolean closed;
    private @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private @Nullable Thread follower;

    /**
     * Connects lazily.
     *
     * @param kafka client properties, {@code bootstrap.servers} among them
     */
    public KafkaDeviceTransport(Topics topics, Map<String, String> kafka) {
        this.topics = topics;
        this.kafka = Map.copyOf(kafka);
        Map<String, Object> properties = new HashMap<>();
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, topics.maxRequestBytes());
        // If the first of several requests in flight is turned away, as by a topic that is just being created, a broker
        // that knows
        // nothing yet of this producer takes the second, and refuses the first ever after as out of sequence.
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        properties.putAll(kafka);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void publish(SensorEvent event) {
        send(topics.sensorEvents(), event.getUserId(), event);
    }

    @Override
    public void acknowledge(MaskAcknowledgement acknowledgement) {
        send(topics.maskAcknowledgements(), acknowledgement.getUserId(), acknowledgement);
        producer.flush();
    }

    @Override
    public void label(FeedbackLabel label) {
        send(topics.feedbackLabels(), label.getUserId(), label);
    }

    @Override
    public void flush() {
        producer.flush();
        Exception first = failure.getAndSet(null);
        if (first != null) {
            throw new TransportException("Something that was sent did not arrive: " + first.getMessage(), first);
        }
    }

    @Override
    public void follow(String user, String model, Consumer<MaskRecord> masks) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        KafkaConsumer<byte[], byte[]> own =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        byte[] key = topics.pruningMasks()
                .keySerde()
                .serializer()
                .serialize(topics.pruningMasks().name(), new UserModelKey(user, model));
        consumer = own;
        try {
            latest(own, key).ifPresent(masks);
        } catch (KafkaException e) {
            own.close();
            throw new TransportException(
                    "Could not read %s at %s: %s. Is the broker up, and were the topics created (fineprune topics create)?"
                            .formatted(topics.pruningMasks().name(), kafka.get("bootstrap.servers"), e.getMessage()),
                    e);
        }
        Thread thread = new Thread(() -> poll(own, user, key, masks), "masks-of-" + user);
        thread.setDaemon(true);
        follower = thread;
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        if (follower != null && consumer != null) {
            consumer.wakeup();
            try {
                follower.join(CLOSE_TIMEOUT.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        producer.close(CLOSE_TIMEOUT);
    }

    /** Assigns the partition, reads to its end and leaves the consumer there. */
    private Optional<MaskRecord> latest(KafkaConsumer<byte[], byte[]> own, byte[] key) {
        TopicDescriptor<UserModelKey, MaskUpdate> masks = topics.pruningMasks();
        List<PartitionInfo> partitions = own.partitionsFor(masks.name());
        if (partitions.isEmpty()) {
            throw new KafkaException("there is no topic " + masks.name());
        }
        TopicPartition partition =
                new TopicPartition(masks.name(), Utils.toPositive(Utils.murmur2(key)) % partitions.size());
        own.assign(List.of(partition));
        own.seekToBeginning(List.of(partition));
        long end = own.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        Optional<MaskRecord> last = Optional.empty();
        while (!closed && own.position(partition) < end) {
            for (ConsumerRecord<byte[], byte[]> record : own.poll(POLL)) {
                Optional<MaskRecord> mask = of(record, key);
                last = mask.isPresent() ? mask : last;
            }
        }
        return last;
    }

    private void poll(KafkaConsumer<byte[], byte[]> own, String user, byte[] key, Consumer<MaskRecord> masks) {
        try (own) {
            while (!closed) {
                try {
                    ConsumerRecords<byte[], byte[]> records = own.poll(POLL);
                    records.forEach(record -> of(record, key).ifPresent(masks));
                } catch (WakeupException | InterruptException e) {
                    LOGGER.debug("Stops following masks of {}", user);
                } catch (KafkaException e) {
                    LOGGER.warn("Could not read masks of {}; tries again: {}", user, e.getMessage());
                    Utils.sleep(RETRY_MILLIS);
                }
            }
        } catch (KafkaException e) {
            LOGGER.debug("Could not close the consumer of {}", user, e);
        }
    }

    /** What the partition holds of others is none of this device's business. */
    private static Optional<MaskRecord> of(ConsumerRecord<byte[], byte[]> record, byte[] key) {
        byte @Nullable [] value = record.value();
        return value != null && Arrays.equals(record.key(), key)
                ? Optional.of(new MaskRecord(
                        ByteString.copyFrom(key), ByteString.copyFrom(value), RecordSignature.of(record.headers())))
                : Optional.empty();
    }

    private <V> void send(TopicDescriptor<String, V> topic, String user, V value) {
        byte[] key = topic.keySerde().serializer().serialize(topic.name(), user);
        byte[] bytes = topic.valueSerde().serializer().serialize(topic.name(), value);
        var unused = producer.send(new ProducerRecord<>(topic.name(), key, bytes), (metadata, e) -> {
            if (e != null && failure.compareAndSet(null, e)) {
                LOGGER.warn("Could not send to {}: {}", topic.name(), e.getMessage());
            }
        });
    }
}
