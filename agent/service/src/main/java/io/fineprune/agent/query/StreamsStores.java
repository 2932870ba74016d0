package io.fineprune.agent.query;

import io.fineprune.schemas.serde.ChunkCollector;
import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.stream.Names;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/** Kafka Streams' stores by interactive queries, and the masks by reading the one partition that holds them. */
public final class StreamsStores implements Stores {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaStreams streams;
    private final Topics topics;
    private final Map<String, String> kafka;

    /** @param kafka client properties, {@code bootstrap.servers} among them */
    public StreamsStores(KafkaStreams streams, Topics topics, Map<String, String> kafka) {
        this.streams = streams;
        this.topics = topics;
        this.kafka = Map.copyOf(kafka);
    }

    @Override
    public Optional<StoredLifecycle> lifecycle(UserModelKey key) {
        return this.<StoredLifecycle>get(Names.USER_LIFECYCLE_STORE, key);
    }

    @Override
    public OptionalLong events(UserModelKey key) {
        return this.<StoredSums>get(Names.ACTIVATION_SUMS_STORE, key).stream()
                .mapToLong(StoredSums::getEvents)
                .findFirst();
    }

    @Override
    public Optional<MaskUpdate> mask(UserModelKey key) {
        byte[] wanted = MessageSerdes.userModelKey()
                .serializer()
                .serialize(topics.pruningMasks().name(), key);
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        AtomicReference<byte @Nullable []> last = new AtomicReference<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            read(consumer, topics.pruningMasks().name(), wanted, record -> {
                if (Arrays.equals(record.key(), wanted)) {
                    last.set(record.value());
                }
            });
            byte[] found = last.get();
            if (found == null) {
                return Optional.empty();
            }
            MaskUpdate mask = MessageSerdes.maskUpdate().fromBytes(found);
            if (!mask.hasChunks()) {
                return Optional.of(mask);
            }
            ChunkCollector collector = new ChunkCollector(mask);
            read(
                    consumer,
                    topics.pruningMaskChunks().name(),
                    wanted,
                    record -> collector.offer(record.key(), record.value()));
            return Optional.of(collector.join());
        } catch (MalformedMessageException e) {
            return Optional.empty();
        }
    }

    /** Reads the partition that holds all that is of a user and model, to its end. */
    private static void read(
            KafkaConsumer<byte[], byte[]> consumer,
            String topic,
            byte[] owner,
            Consumer<ConsumerRecord<byte[], byte[]>> records) {
        int partitions = consumer.partitionsFor(topic).size();
        TopicPartition partition = new TopicPartition(topic, Utils.toPositive(Utils.murmur2(owner)) % partitions);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        while (consumer.position(partition) < end) {
            consumer.poll(POLL).forEach(records);
        }
    }

    private <V> Optional<V> get(String store, UserModelKey key) {
        try {
            ReadOnlyKeyValueStore<UserModelKey, V> values = streams.store(
                    StoreQueryParameters.fromNameAndType(store, QueryableStoreTypes.<UserModelKey, V>keyValueStore()));
            return Optional.ofNullable(values.get(key));
        } catch (InvalidStateStoreException e) {
            return Optional.empty(); // it moves just now
        }
    }
}
