package io.fineprune.agent.device;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.MaskChunkKeySerde;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.signature.RecordSignature;
import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.SensorEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
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
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A device's connection to Kafka: one producer, and one consumer of the two partitions that hold its user's masks and their chunks. */
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
     * Creates the transport; it connects at the first use.
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
            throw new TransportException(
                    "Expected the brokers to acknowledge every record, but one was lost: " + first.getMessage(), first);
        }
    }

    @Override
    public void follow(String user, String model, MaskListener masks) {
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
            latest(own, key, masks).ifPresent(masks::mask);
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

    /** Assigns the partitions, reads to their ends and leaves the consumer there. */
    private Optional<MaskRecord> latest(KafkaConsumer<byte[], byte[]> own, byte[] key, MaskListener masks) {
        List<TopicPartition> partitions = new ArrayList<>();
        partitions.add(partition(own, topics.pruningMasks().name(), key)
                .orElseThrow(() -> new KafkaException(
                        "there is no topic " + topics.pruningMasks().name())));
        String chunks = topics.pruningMaskChunks().name();
        try {
            partition(own, chunks, key)
                    .ifPresentOrElse(
                            partitions::add,
                            () -> LOGGER.warn("There is no topic {}: masks larger than a message do not come", chunks));
        } catch (AuthorizationException e) {
            LOGGER.warn("Masks larger than a message do not come: {}", e.getMessage());
        }
        own.assign(partitions);
        own.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = own.endOffsets(partitions);
        Optional<MaskRecord> last = Optional.empty();
        while (!closed && ends.entrySet().stream().anyMatch(end -> own.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : own.poll(POLL)) {
                if (record.topic().equals(chunks)) {
                    chunk(record, key, masks);
                } else {
                    Optional<MaskRecord> mask = of(record, key);
                    last = mask.isPresent() ? mask : last;
                }
            }
        }
        return last;
    }

    /** Partition that holds the records of the user and model; empty if the topic does not exist. */
    private static Optional<TopicPartition> partition(KafkaConsumer<byte[], byte[]> own, String topic, byte[] key) {
        List<PartitionInfo> partitions = own.partitionsFor(topic);
        return partitions.isEmpty()
                ? Optional.empty()
                : Optional.of(new TopicPartition(topic, Utils.toPositive(Utils.murmur2(key)) % partitions.size()));
    }

    private void poll(KafkaConsumer<byte[], byte[]> own, String user, byte[] key, MaskListener masks) {
        try (own) {
            while (!closed) {
                try {
                    ConsumerRecords<byte[], byte[]> records = own.poll(POLL);
                    for (ConsumerRecord<byte[], byte[]> record : records) {
                        if (record.topic().equals(topics.pruningMaskChunks().name())) {
                            chunk(record, key, masks);
                        } else {
                            of(record, key).ifPresent(masks::mask);
                        }
                    }
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

    /** Reads a record of this device's user and model; records of others in the same partition are skipped. */
    private static Optional<MaskRecord> of(ConsumerRecord<byte[], byte[]> record, byte[] key) {
        byte @Nullable [] value = record.value();
        return value != null && Arrays.equals(record.key(), key)
                ? Optional.of(new MaskRecord(
                        ByteString.copyFrom(key), ByteString.copyFrom(value), RecordSignature.of(record.headers())))
                : Optional.empty();
    }

    /** Passes a chunk on; an unreadable one is skipped, so the mask that needs it is refused as incomplete. */
    private static void chunk(ConsumerRecord<byte[], byte[]> record, byte[] key, MaskListener masks) {
        byte @Nullable [] place = record.key();
        byte @Nullable [] value = record.value();
        if (place == null || value == null || !Arrays.equals(MaskChunkKeySerde.owner(place), key)) {
            return;
        }
        try {
            masks.chunk(
                    MessageSerdes.maskChunkKey()
                            .deserializer()
                            .deserialize(record.topic(), place)
                            .index(),
                    MessageSerdes.maskChunk().fromBytes(value));
        } catch (MalformedMessageException e) {
            LOGGER.warn("Passes over a chunk of a mask: {}", e.getMessage());
        }
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
