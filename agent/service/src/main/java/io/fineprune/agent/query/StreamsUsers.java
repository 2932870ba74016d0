package io.fineprune.agent.query;

import io.fineprune.agent.fleet.FleetUsers;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.topology.stream.Names;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** The users of this agent as Kafka Streams' stores hold them. */
public final class StreamsUsers implements FleetUsers {
    private final KafkaStreams streams;
    private final Supplier<Set<Integer>> held;

    /**
     * Of an application that may not run yet.
     *
     * @param held numbers of the partitions of this agent's users
     */
    public StreamsUsers(KafkaStreams streams, Supplier<Set<Integer>> held) {
        this.streams = streams;
        this.held = held;
    }

    @Override
    public boolean forEach(BiConsumer<UserModelKey, StoredLifecycle> visitor) {
        if (streams.state() != KafkaStreams.State.RUNNING) {
            return false;
        }
        if (partitions() == 0) {
            return true;
        }
        try (KeyValueIterator<UserModelKey, StoredLifecycle> all =
                this.<UserModelKey>store(Names.USER_LIFECYCLE_STORE).all()) {
            while (all.hasNext()) {
                KeyValue<UserModelKey, StoredLifecycle> next = all.next();
                visitor.accept(next.key, next.value);
            }
        } catch (InvalidStateStoreException e) {
            return false; // they move just now
        }
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    @Override
    public Optional<StoredLifecycle> find(UserModelKey key) {
        return this.<UserModelKey>get(Names.USER_LIFECYCLE_STORE, key);
    }

    @Override
    public int partitions() {
        return held.get().size();
    }

    @Override
    public StoredLifecycle ofAll(String model) {
        return this.<String>get(Names.FLEET_LIFECYCLE_STORE, model).orElseGet(StoredLifecycle::getDefaultInstance);
    }

    private <K> Optional<StoredLifecycle> get(String name, K key) {
        try {
            return Optional.ofNullable(this.<K>store(name).get(key));
        } catch (InvalidStateStoreException e) {
            return Optional.empty(); // it moves just now
        }
    }

    private <K> ReadOnlyKeyValueStore<K, StoredLifecycle> store(String name) {
        return streams.store(
                StoreQueryParameters.fromNameAndType(name, QueryableStoreTypes.<K, StoredLifecycle>keyValueStore()));
    }
}
