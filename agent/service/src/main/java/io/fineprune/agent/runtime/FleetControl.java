package io.fineprune.agent.runtime;

import io.fineprune.schemas.serde.ChunkCollector;
import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.signature.RecordSigner;
import io.fineprune.schemas.signature.SignedRecord;
import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator does: sends commands, waits for the answers, looks at masks. For use by one thread. */
public final class FleetControl {
    /** The key of commands for all users. */
    public static final String ALL_USERS = "*";

    private static final Logger LOGGER = LoggerFactory.getLogger(FleetControl.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENT = Duration.ofSeconds(30);

    /** Time within which a command must be acknowledged by the brokers; less than a caller over HTTP waits. */
    private static final Duration PROMPT = Duration.ofSeconds(4);

    private final Topics topics;
    private final Map<String, String> kafka;
    private final RecordSigner signer;

    /**
     * Connects with each call.
     *
     * @param kafka client properties, {@code bootstrap.servers} among them
     */
    public FleetControl(Topics topics, Map<String, String> kafka) {
        this(topics, kafka, RecordSigner.NONE);
    }

    /**
     * The same with signed commands.
     *
     * @param signer of commands
     */
    public FleetControl(Topics topics, Map<String, String> kafka, RecordSigner signer) {
        this.signer = signer;
        this.topics = topics;
        this.kafka = Map.copyOf(kafka);
    }

    /**
     * Sends a command and gathers the reports that name it.
     *
     * @param timeout how long to wait for the first
     * @param quiet how long to wait for another after the last
     * @throws FleetException if the cluster cannot be reached
     */
    public List<PruningReport> send(PruneCommand command, Duration timeout, Duration quiet) {
        List<PruningReport> answers = new ArrayList<>();
        TopicDescriptor<String, PruningReport> reports = topics.pruningReports();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer, reports.name());
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            post(command);
            long end = System.nanoTime() + timeout.toNanos();
            while (System.nanoTime() < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    PruningReport report =
                            reports.valueSerde().deserializer().deserialize(reports.name(), record.value());
                    if (report.getCommandId().equals(command.getCommandId())) {
                        answers.add(report);
                        end = System.nanoTime() + quiet.toNanos();
                    }
                }
            }
        } catch (KafkaException | MalformedMessageException e) {
            throw unreachable(e);
        }
        return answers;
    }

    /**
     * The mask in force of one user, whole.
     *
     * @throws FleetException if its chunks are not all there; another version may have come meanwhile
     */
    public Optional<MaskUpdate> mask(UserModelKey key) {
        MaskUpdate mask = masks().get(key);
        return mask == null || !mask.hasChunks() ? Optional.ofNullable(mask) : Optional.of(join(mask));
    }

    private MaskUpdate join(MaskUpdate list) {
        ChunkCollector collector = new ChunkCollector(list);
        readToEnd(topics.pruningMaskChunks().name(), record -> collector.offer(record.key(), record.value()));
        try {
            return collector.join();
        } catch (MalformedMessageException e) {
            throw new FleetException(
                    "Could not put version %d of user %s together; try again. %s"
                            .formatted(list.getVersion(), list.getUserId(), e.getMessage()),
                    e);
        }
    }

    /** The masks in force of all users, by user and model; of those larger than a message, the lists of their chunks. */
    public SortedMap<UserModelKey, MaskUpdate> masks() {
        TopicDescriptor<UserModelKey, MaskUpdate> masks = topics.pruningMasks();
        SortedMap<UserModelKey, MaskUpdate> latest = new TreeMap<>();
        readToEnd(masks.name(), record -> {
            try {
                UserModelKey key = masks.keySerde().deserializer().deserialize(masks.name(), record.key());
                if (record.value() == null) {
                    latest.remove(key);
                } else {
                    latest.put(key, masks.valueSerde().deserializer().deserialize(masks.name(), record.value()));
                }
            } catch (MalformedMessageException e) {
                warn(record, e);
            }
        });
        return latest;
    }

    /** The last answer of every device, in no order; devices are known by what they acknowledged. */
    public List<MaskAcknowledgement> acknowledgements() {
        TopicDescriptor<String, MaskAcknowledgement> acknowledgements = topics.maskAcknowledgements();
        Map<DeviceModel, MaskAcknowledgement> latest = new HashMap<>();
        readToEnd(acknowledgements.name(), record -> {
            try {
                MaskAcknowledgement answer = acknowledgements
                        .valueSerde()
                        .deserializer()
                        .deserialize(acknowledgements.name(), record.value());
                latest.put(new DeviceModel(answer.getUserId(), answer.getDeviceId(), answer.getModelId()), answer);
            } catch (MalformedMessageException e) {
                warn(record, e);
            }
        });
        return List.copyOf(latest.values());
    }

    private record DeviceModel(String user, String device, String model) {}

    /**
     * Reads what a topic holds now, committed records only.
     *
     * @throws FleetException if the cluster cannot be reached
     */
    public void readToEnd(String topic, Consumer<ConsumerRecord<byte[], byte[]>> records) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(POLL).forEach(records);
            }
        } catch (KafkaException e) {
            throw unreachable(e);
        }
    }

    /**
     * Reads what came to a topic since a moment, committed records only; partition after partition, each in its order.
     *
     * @param follow goes on with what comes, until the thread is interrupted
     * @throws FleetException if the cluster cannot be reached
     */
    public void read(String topic, Instant since, boolean follow, Consumer<ConsumerRecord<byte[], byte[]>> records) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Map<TopicPartition, Long> times = new HashMap<>();
            partitions.forEach(partition -> times.put(partition, since.toEpochMilli()));
            Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(times);
            for (TopicPartition partition : partitions) {
                OffsetAndTimestamp start = starts.get(partition);
                consumer.seek(partition, start == null ? ends.getOrDefault(partition, 0L) : start.offset());
            }
            while (follow
                    || ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(POLL).forEach(records);
            }
        } catch (InterruptException e) {
            LOGGER.debug("Reads {} no further", topic, e);
        } catch (KafkaException e) {
            throw unreachable(e);
        }
    }

    /**
     * Sends a command and waits until the cluster has it, not for what comes of it.
     *
     * @throws io.fineprune.schemas.serde.MalformedMessageException if it breaks a bound
     * @throws FleetException if the cluster cannot be reached
     */
    public void post(PruneCommand command) {
        post(command, PATIENT);
    }

    /** The same within five seconds; what could not be sent by then is not sent later. */
    public void postPromptly(PruneCommand command) {
        post(command, PROMPT);
    }

    private void post(PruneCommand command, Duration patience) {
        TopicDescriptor<String, PruneCommand> topic = topics.pruningCommands();
        String user = command.getUserId().isEmpty() ? ALL_USERS : command.getUserId();
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        int millis = (int) patience.toMillis();
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, millis);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            byte[] key = topic.keySerde().serializer().serialize(topic.name(), user);
            byte[] value = topic.valueSerde().serializer().serialize(topic.name(), command);
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic.name(), key, value);
            signer.sign(SignedRecord.COMMAND, key, value).ifPresent(signature -> signature.addTo(record.headers()));
            producer.send(record).get(millis + 500, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FleetException("Interrupted before the command was sent", e);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw unreachable(e);
        } finally {
            producer.close(Duration.ZERO);
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic, Duration.ofSeconds(20)).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new KafkaException("there is no topic " + topic);
        }
        return partitions;
    }

    private static void warn(ConsumerRecord<byte[], byte[]> record, MalformedMessageException e) {
        LOGGER.warn(
                "Ignores what is at {}-{}@{}: {}", record.topic(), record.partition(), record.offset(), e.getMessage());
    }

    private FleetException unreachable(Exception e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return new FleetException(
                "Could not talk to %s: %s. Is the broker up, and were the topics created (fineprune topics create)?"
                        .formatted(kafka.get("bootstrap.servers"), cause.getMessage()),
                e);
    }
}
