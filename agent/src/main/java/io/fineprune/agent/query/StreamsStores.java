package io.fineprune.agent.query;

import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.topic.TopicDescriptor;
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
        TopicDescriptor<UserModelKey, MaskUpdate> masks = topics.pruningMasks();
        byte[] wanted = masks.keySerde().serializer().serialize(masks.name(), key);
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        byte @Nullable [] last = null;
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            int partitions = consumer.partitionsFor(masks.name()).size();
            TopicPartition partition =
                    new TopicPartition(masks.name(), Utils.toPositive(Utils.murmur2(wanted)) % partitions);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    last = Arrays.equals(record.key(), wanted) ? record.value() : last;
                }
            }
        }
        try {
            return last == null
                    ? Optional.empty()
                    : Optional.of(masks.valueSerde().deserializer().deserialize(masks.name(), last));
        } catch (MalformedMessageException e) {
            return Optional.empty();
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
