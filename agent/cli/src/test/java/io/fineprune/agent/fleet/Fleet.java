package io.fineprune.agent.fleet;

import io.fineprune.agent.broker.BrokerSettings;
import io.fineprune.agent.broker.EmbeddedBroker;
import io.fineprune.agent.page.FleetSite;
import io.fineprune.agent.query.CommandApi;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.agent.runtime.FleetTopics;
import io.fineprune.agent.source.Payloads;
import io.fineprune.agent.source.SourceModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.layerwise.TensorFlowLayerwiseModel;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.UpkeepSettings;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.stream.Names;
import io.fineprune.topology.stream.Routing;
import io.fineprune.topology.stream.StreamsSettings;
import io.fineprune.topology.stream.TopologySettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** A broker in this JVM, the source model and the recordings that come with the program, and agents on demand. */
final class Fleet implements AutoCloseable {
    static final int PARTITIONS = 3;
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Path folder;
    private final EmbeddedBroker broker;
    final Path modelDirectory;
    final Path recordingsFile;
    final TensorFlowModel model;
    final SortedMap<String, List<Recording>> recordings;

    Fleet(Path folder) throws IOException {
        this.folder = folder;
        modelDirectory = Files.createDirectories(folder.resolve("model"));
        unpack("/demo/model/saved_model.pb", modelDirectory.resolve("saved_model.pb"));
        unpack("/demo/model/model.yaml", modelDirectory.resolve("model.yaml"));
        recordingsFile = unpack("/demo/spoken-digits-users.zip", folder.resolve("users.zip"));
        recordings = Recordings.byUser(Recordings.load(recordingsFile));
        model = SourceModels.open(modelDirectory, 32);
        broker = EmbeddedBroker.start(BrokerSettings.in(folder.resolve("broker")));
    }

    Map<String, String> kafka() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    String modelId() {
        return model.architecture().modelId();
    }

    /** Topics of their own for each test. */
    Topics topics(String prefix) {
        Topics topics = prefix.isEmpty() ? Topics.standard() : Topics.withPrefix(prefix + ".");
        try (FleetTopics admin = new FleetTopics(topics, kafka())) {
            admin.create(PARTITIONS, 1);
        }
        return topics;
    }

    /** One that prunes half of the nodes, plainly; it runs. */
    FleetAgent agent(Topics topics, String application, int budgetEvents) throws InterruptedException {
        EffectiveSettings plain = new EffectiveSettings(PruningPlan.DEFAULT, new Budget(budgetEvents, 0, 1));
        return agent(
                settings(topics, plain, TopologySettings.DEFAULT_RESERVOIR_EVENTS, UpkeepSettings.DEFAULT),
                application,
                Map.of(),
                Map.of());
    }

    TopologySettings settings(Topics topics, EffectiveSettings defaults, int reservoirEvents, UpkeepSettings upkeep) {
        return new TopologySettings(
                topics,
                PARTITIONS,
                Routing.DIRECT,
                model.batchSize(),
                50,
                defaults,
                reservoirEvents,
                TopologySettings.DEFAULT_SWEEP_USERS,
                1,
                upkeep);
    }

    /** The model for repairs; to be closed after the agents that use it. */
    TensorFlowLayerwiseModel layerwise() {
        return model.layerwise(Optional.empty());
    }

    /** What an agent serves beside its metrics, commands included. */
    FleetSite site(Topics topics, FleetAgent agent, String token) {
        return new FleetSite(
                agent.queries(),
                new CommandApi(Optional.of(token), new FleetControl(topics, kafka())::postPromptly, Clock.systemUTC()));
    }

    /** An agent that may not run yet. */
    FleetAgent start(
            TopologySettings settings,
            String application,
            Path state,
            Map<String, LayerwiseModel> layerwise,
            Map<String, String> overrides) {
        Map<String, String> properties = new HashMap<>(Map.of("num.standby.replicas", "0"));
        properties.putAll(overrides);
        return FleetAgent.start(
                settings,
                new StreamsSettings(application, broker.bootstrapServers(), state, 1, properties),
                Map.of(modelId(), model),
                layerwise,
                Clock.systemUTC());
    }

    /** An agent that runs. */
    FleetAgent agent(
            TopologySettings settings,
            String application,
            Map<String, LayerwiseModel> layerwise,
            Map<String, String> overrides)
            throws InterruptedException {
        FleetAgent agent = start(settings, application, folder.resolve("state-" + application), layerwise, overrides);
        if (!agent.awaitRunning(PATIENCE)) {
            agent.close();
            throw new AssertionError("The agent did not start");
        }
        return agent;
    }

    /** Events of a user's first recordings, always the same. */
    List<SensorEvent> events(String user, String as, int from, int to) throws IOException {
        List<Recording> own = recordings.get(as);
        if (own == null) {
            throw new AssertionError("There are no recordings of " + as);
        }
        List<SensorEvent> events = new ArrayList<>();
        for (int i = from; i < to; i++) {
            events.add(Payloads.of(own.get(i % own.size())).toBuilder()
                    .setEventId("event-" + i)
                    .setDeviceId(user + "-1")
                    .setUserId(user)
                    .setModelId(modelId())
                    .setCapturedAtMillis(1_700_000_000_000L + i)
                    .build());
        }
        return events;
    }

    void send(Topics topics, List<SensorEvent> events) {
        try (KafkaProducer<byte[], byte[]> producer = producer(topics)) {
            String name = topics.sensorEvents().name();
            for (SensorEvent event : events) {
                var unused = producer.send(new ProducerRecord<>(
                        name,
                        topics.sensorEvents().keySerde().serializer().serialize(name, event.getUserId()),
                        topics.sensorEvents().valueSerde().serializer().serialize(name, event)));
            }
            producer.flush();
        }
    }

    KafkaProducer<byte[], byte[]> producer(Topics topics) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "max.request.size",
                        topics.maxRequestBytes(),
                        "max.in.flight.requests.per.connection",
                        1),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** What the agent's store holds of a user now. */
    Optional<StoredSums> sums(FleetAgent agent, String user) {
        try {
            ReadOnlyKeyValueStore<UserModelKey, StoredSums> store = agent.streams()
                    .store(StoreQueryParameters.fromNameAndType(
                            Names.ACTIVATION_SUMS_STORE, QueryableStoreTypes.keyValueStore()));
            return Optional.ofNullable(store.get(new UserModelKey(user, modelId())));
        } catch (InvalidStateStoreException e) {
            return Optional.empty(); // it moves just now
        }
    }

    void awaitEvents(FleetAgent agent, String user, long events) {
        await(
                () -> sums(agent, user).map(StoredSums::getEvents).orElse(0L) >= events,
                () -> "%d events of %s in the sums, found %s"
                        .formatted(events, user, sums(agent, user).map(StoredSums::getEvents)));
    }

    /** Returns when so many users have a mask. */
    void awaitMasks(Topics topics, int users) {
        FleetControl control = new FleetControl(topics, kafka());
        await(
                () -> control.masks().size() >= users,
                () -> "masks of %d users, found %d"
                        .formatted(users, control.masks().size()));
    }

    static void await(BooleanSupplier condition, java.util.function.Supplier<String> expected) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("Expected within %s: %s".formatted(PATIENCE, expected.get()));
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    @Override
    public void close() {
        broker.close();
        model.close();
    }

    private static Path unpack(String resource, Path to) throws IOException {
        try (InputStream in = Fleet.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("There is no resource " + resource);
            }
            Files.copy(in, to);
            return to;
        }
    }
}
