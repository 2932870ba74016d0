package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MessageSerdes;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** The stores of every task. All have a changelog. */
final class TaskStores {
    /** Changelog settings of short-lived entries: small segments, so that compaction removes them soon. */
    private static final Map<String, String> SHORT_LIVED = Map.of(
            TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(16 * 1024 * 1024),
            TopicConfig.SEGMENT_MS_CONFIG, "600000",
            TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.1");

    private TaskStores() {}

    static Set<StoreBuilder<?>> all() {
        return Set.of(
                Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(Names.ACTIVATION_SUMS_STORE),
                                MessageSerdes.userModelKey(),
                                MessageSerdes.storedSums())
                        .withCachingEnabled()
                        .withLoggingEnabled(Map.of()),
                Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(Names.USER_LIFECYCLE_STORE),
                                MessageSerdes.userModelKey(),
                                MessageSerdes.storedLifecycle())
                        .withCachingEnabled()
                        .withLoggingEnabled(Map.of()),
                Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(Names.USER_RESERVOIR_STORE),
                                Serdes.ByteArray(),
                                MessageSerdes.storedInput())
                        .withLoggingEnabled(Map.of()),
                Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(Names.USER_UPDATES_STORE),
                                Serdes.ByteArray(),
                                Serdes.ByteArray())
                        .withLoggingEnabled(Map.of()),
                Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(Names.DUE_PRUNINGS_STORE),
                                MessageSerdes.userModelKey(),
                                MessageSerdes.duePruning())
                        .withCachingEnabled()
                        .withLoggingEnabled(SHORT_LIVED),
                Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(Names.WAITING_RECORDS_STORE),
                                Serdes.ByteArray(),
                                MessageSerdes.waitingRecord())
                        .withLoggingEnabled(SHORT_LIVED),
                Stores.keyValueStoreBuilder(
                                Stores.inMemoryKeyValueStore(Names.FLEET_LIFECYCLE_STORE),
                                Serdes.String(),
                                MessageSerdes.storedLifecycle())
                        .withLoggingEnabled(Map.of()),
                Stores.keyValueStoreBuilder(
                                Stores.inMemoryKeyValueStore(Names.FLEET_SWEEPS_STORE),
                                Serdes.Long(),
                                Serdes.ByteArray())
                        .withLoggingEnabled(Map.of()),
                Stores.keyValueStoreBuilder(
                                Stores.inMemoryKeyValueStore(Names.EVENT_BUFFER_STORE),
                                Serdes.Integer(),
                                Serdes.ByteArray())
                        // With caching, entries are written at the commit: an event that arrived and was folded
                        // since the last commit costs no write.
                        .withCachingEnabled()
                        .withLoggingEnabled(SHORT_LIVED));
    }
}
