package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.PruningSettings;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.activation.SourceModel;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.testing.Events;
import io.fineprune.topology.testing.TinyNet;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The topology in a test driver, over a {@link TinyNet} of 6 inputs, 8 and 5 hidden nodes and 3 classes. */
final class Harness implements AutoCloseable {
    static final Topics TOPICS = Topics.standard();
    static final String MODEL = "tiny";
    static final int INPUTS = 6;
    static final long START_MILLIS = 1_700_000_000_000L;

    final TinyNet net;
    final CountingListener listener = new CountingListener();
    final TopologyTestDriver driver;
    private final TestInputTopic<byte[], byte[]> events;
    private final TestInputTopic<byte[], byte[]> commands;
    private final TestInputTopic<byte[], byte[]> acknowledgements;
    private final TestOutputTopic<byte[], byte[]> masks;
    private final TestOutputTopic<byte[], byte[]> chunks;
    private final TestOutputTopic<byte[], byte[]> reports;
    private final TestOutputTopic<byte[], byte[]> deadLetters;
    private long timestamp = START_MILLIS;

    /** Prunes at once. */
    Harness(TopologySettings settings, Path stateDirectory) {
        this(settings, stateDirectory, Runnable::run);
    }

    Harness(TopologySettings settings, Path stateDirectory, Executor executor) {
        this(settings, Trust.NONE, stateDirectory, executor);
    }

    Harness(TopologySettings settings, Trust trust, Path stateDirectory) {
        this(settings, trust, stateDirectory, Runnable::run);
    }

    private Harness(TopologySettings settings, Trust trust, Path stateDirectory, Executor executor) {
        this(settings, trust, stateDirectory, executor, 3);
    }

    /** Another graph under the same model id; the usual one has seed 3. */
    Harness(TopologySettings settings, Path stateDirectory, long seed) {
        this(settings, Trust.NONE, stateDirectory, Runnable::run, seed);
    }

    private Harness(TopologySettings settings, Trust trust, Path stateDirectory, Executor executor, long seed) {
        net = new TinyNet(MODEL, seed, settings.batchEvents(), INPUTS, 8, 5, 3);
        Clock clock = Clock.fixed(Instant.ofEpochMilli(START_MILLIS), ZoneOffset.UTC);
        PruningTopology topology = new PruningTopology(
                settings, trust, Map.<String, SourceModel>of(MODEL, net), Map.of(), listener, clock, executor);
        driver = new TopologyTestDriver(
                topology.get(),
                new StreamsSettings("test", "unused:1", stateDirectory, 1, Map.of()).properties(TOPICS),
                Instant.ofEpochMilli(START_MILLIS));
        ByteArraySerializer in = new ByteArraySerializer();
        ByteArrayDeserializer out = new ByteArrayDeserializer();
        events = driver.createInputTopic(TOPICS.sensorEvents().name(), in, in);
        commands = driver.createInputTopic(TOPICS.pruningCommands().name(), in, in);
        acknowledgements = driver.createInputTopic(TOPICS.maskAcknowledgements().name(), in, in);
        masks = driver.createOutputTopic(TOPICS.pruningMasks().name(), out, out);
        chunks = driver.createOutputTopic(TOPICS.pruningMaskChunks().name(), out, out);
        reports = driver.createOutputTopic(TOPICS.pruningReports().name(), out, out);
        deadLetters = driver.createOutputTopic(TOPICS.sensorEventsDeadLetters().name(), out, out);
    }

    static TopologySettings settings(int batchEvents, Budget budget, Routing routing) {
        return new TopologySettings(
                TOPICS, 1, routing, batchEvents, 100, new EffectiveSettings(PruningPlan.DEFAULT, budget), 8, 3);
    }

    static TopologySettings settings(int batchEvents, int budgetEvents) {
        return settings(batchEvents, new Budget(budgetEvents, 0, 1), Routing.DIRECT);
    }

    /** Begun anew, with a user theo who has versions 1 and 2, which differ. */
    static Harness twice(Path stateDirectory) {
        Harness harness = new Harness(settings(1, 20), stateDirectory);
        harness.send("theo", 0, 22);
        harness.command(
                command("more", "theo", CommandAction.COMMAND_ACTION_REPRUNE).setSettings(sparsity(0.7)));
        return harness;
    }

    static UserModelKey key(String user) {
        return new UserModelKey(user, MODEL);
    }

    /** Sends events of a user, keyed by the device, one millisecond apart. */
    void send(String user, int from, int to) {
        for (int e = from; e < to; e++) {
            send(Events.event(user, MODEL, e, Events.values(user, e, INPUTS)));
        }
    }

    void send(SensorEvent event) {
        sendRaw(event.getDeviceId().getBytes(StandardCharsets.UTF_8), event.toByteArray());
    }

    void sendRaw(byte @Nullable [] key, byte @Nullable [] value) {
        pipe(events, key, value);
    }

    void command(PruneCommand.Builder command) {
        commandRaw(command.build().toByteArray());
    }

    void commandRaw(byte[] value) {
        pipe(commands, new byte[] {'*'}, value);
    }

    void acknowledge(MaskAcknowledgement answer) {
        acknowledgeRaw(answer.getUserId(), answer.toByteArray());
    }

    void acknowledgeRaw(String key, byte[] value) {
        pipe(acknowledgements, key.getBytes(StandardCharsets.UTF_8), value);
    }

    @SuppressWarnings("NullAway") // broken devices send records without key or value
    private void pipe(TestInputTopic<byte[], byte[]> topic, byte @Nullable [] key, byte @Nullable [] value) {
        topic.pipeInput(new TestRecord<>(key, value, Instant.ofEpochMilli(timestamp++)));
    }

    void commandRecord(byte[] key, byte[] value, Headers headers) {
        commands.pipeInput(new TestRecord<>(key, value, headers, Instant.ofEpochMilli(timestamp++)));
    }

    /** A command; user "" for all users. */
    static PruneCommand.Builder command(String id, String user, CommandAction action) {
        return PruneCommand.newBuilder()
                .setCommandId(id)
                .setUserId(user)
                .setAction(action)
                .setRequestedBy("operator")
                .setRequestedAtMillis(5);
    }

    static PruningSettings sparsity(double sparsity) {
        return PruningSettings.newBuilder().setSparsity(sparsity).build();
    }

    /** Lets waiting batches and sweeps run. */
    void settle() {
        for (int i = 0; i < 20; i++) {
            driver.advanceWallClockTime(Duration.ofMillis(100));
        }
    }

    void advanceEventTime(Duration duration) {
        timestamp += duration.toMillis();
    }

    List<KeyValue<byte[], byte[]>> rawMasks() {
        return masks.readKeyValuesToList();
    }

    List<KeyValue<byte[], byte[]>> rawChunks() {
        return chunks.readKeyValuesToList();
    }

    List<TestRecord<byte[], byte[]>> rawMaskRecords() {
        return masks.readRecordsToList();
    }

    /** Those that were not erased. */
    List<MaskUpdate> masks() {
        return masks.readValuesToList().stream()
                .filter(java.util.Objects::nonNull)
                .map(MessageSerdes.maskUpdate()::fromBytes)
                .toList();
    }

    List<PruningReport> reports() {
        return reports.readValuesToList().stream()
                .map(MessageSerdes.pruningReport()::fromBytes)
                .toList();
    }

    List<TestRecord<byte[], byte[]>> deadLetters() {
        return deadLetters.readRecordsToList();
    }

    KeyValueStore<UserModelKey, StoredSums> sumsStore() {
        return driver.getKeyValueStore(Names.ACTIVATION_SUMS_STORE);
    }

    Optional<StoredSums> sums(String user) {
        return Optional.ofNullable(sumsStore().get(key(user)));
    }

    Optional<StoredLifecycle> lifecycle(String user) {
        KeyValueStore<UserModelKey, StoredLifecycle> store = driver.getKeyValueStore(Names.USER_LIFECYCLE_STORE);
        return Optional.ofNullable(store.get(key(user)));
    }

    /** Events in the durable buffer. */
    long waiting() {
        return driver.<Integer, byte[]>getKeyValueStore(Names.EVENT_BUFFER_STORE)
                .approximateNumEntries();
    }

    @Override
    public void close() {
        driver.close();
    }
}
