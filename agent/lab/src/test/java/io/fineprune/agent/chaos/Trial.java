package io.fineprune.agent.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.fineprune.agent.update.MaskVerifier;
import io.fineprune.agent.update.Verdict;
import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PrunableModel;
import io.fineprune.topology.pruning.Pruner;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.stream.Names;
import io.fineprune.topology.stream.Routing;
import io.fineprune.topology.sums.SumsAccumulator;
import io.fineprune.topology.testing.Events;
import io.fineprune.topology.testing.TinyNet;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Workers on a cluster under load while faults are injected; then everything is counted. Topics and state are its own. */
final class Trial implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(Integer.getInteger("chaos.patience.minutes", 4));
    private static final long POLL_NANOS = 20_000_000;

    private final String bootstrapServers;
    private final String name;
    private final Path directory;
    private final Load.Kind kind;
    private final Routing routing;
    private final Topics topics;
    private final Load load;
    private final Admin admin;
    private final Map<Integer, Process> workers = new TreeMap<>();
    private final Map<Integer, Path> states = new HashMap<>();
    private final List<Duration> recoveries = new ArrayList<>();
    private int faults;

    Trial(
            String bootstrapServers,
            String name,
            Path directory,
            Load.Kind kind,
            long seed,
            int perSecond,
            Routing routing)
            throws Exception {
        this.bootstrapServers = bootstrapServers;
        this.name = name;
        this.directory = Files.createDirectories(directory);
        this.kind = kind;
        this.routing = routing;
        this.topics = Topics.withPrefix(name + ".");
        this.admin = Admin.create(Map.of(
                "bootstrap.servers", bootstrapServers, "request.timeout.ms", 5_000, "default.api.timeout.ms", 20_000));
        admin.createTopics(topics.all().stream()
                        .map(topic -> topic.newTopic(Worker.PARTITIONS, (short) Cluster.NODES))
                        .toList())
                .all()
                .get();
        this.load = new Load(bootstrapServers, topics, kind, seed, perSecond);
    }

    /** Starts a worker, with the state of the one of that number before it. */
    void start(int worker) throws IOException {
        start(worker, states.getOrDefault(worker, directory.resolve("state-" + worker)));
    }

    void start(int worker, Path state) throws IOException {
        states.put(worker, state);
        workers.put(
                worker,
                Worker.start(
                        new Worker.Settings(bootstrapServers, name, state, routing, kind == Load.Kind.JUMPING),
                        directory.resolve("worker-" + worker + ".log").toFile()));
    }

    /** SIGKILL. */
    void kill(int worker) throws InterruptedException {
        process(worker).destroyForcibly().waitFor();
    }

    /** SIGTERM. */
    void stop(int worker) throws InterruptedException {
        process(worker).destroy();
        process(worker).waitFor();
    }

    boolean isAlive(int worker) {
        return process(worker).isAlive();
    }

    private Process process(int worker) {
        Process process = workers.get(worker);
        if (process == null) {
            throw new IllegalStateException("There is no worker " + worker);
        }
        return process;
    }

    /** To be called right before a fault. */
    long injected() {
        faults++;
        return System.nanoTime();
    }

    /** Returns when all events that were sent by now are processed and their offsets committed; remembers how long that took. */
    void awaitRecovery(long since) throws Exception {
        Map<TopicPartition, OffsetSpec> latest = partitions(
                        topics.sensorEvents().name())
                .stream()
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        await("the ends of " + latest.keySet(), () -> {
            try {
                admin.listOffsets(latest)
                        .all()
                        .get()
                        .forEach((partition, found) -> ends.put(partition, found.offset()));
                return true;
            } catch (ExecutionException e) {
                return false; // while a broker is away
            }
        });
        await("committed offsets of " + ends, () -> {
            Map<TopicPartition, Long> committed = committed();
            return ends.entrySet().stream().allMatch(end -> committed.getOrDefault(end.getKey(), 0L) >= end.getValue());
        });
        recoveries.add(Duration.ofNanos(System.nanoTime() - since));
    }

    /** Returns when the workers have begun. */
    void awaitFirst() throws Exception {
        await(
                "first events",
                () -> committed().values().stream().mapToLong(Long::longValue).sum() > 0);
    }

    private Map<TopicPartition, Long> committed() throws InterruptedException {
        Map<TopicPartition, Long> committed = new HashMap<>();
        try {
            admin.listConsumerGroupOffsets(name)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) -> {
                        OffsetAndMetadata known = offset;
                        if (known != null) {
                            committed.put(partition, known.offset());
                        }
                    });
        } catch (ExecutionException e) {
            // While a coordinator is away.
        }
        return committed;
    }

    /** Ends the load and counts. */
    Result finish(String fault) throws Exception {
        int sent = load.finish();
        int perUser = sent / Load.USERS;
        Map<UserModelKey, StoredSums> sums = new HashMap<>();
        String changelog = name + "-" + Names.ACTIVATION_SUMS_STORE + "-changelog";
        Map<String, List<MaskUpdate>> masks = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> sumsConsumer = consumer(changelog);
                KafkaConsumer<byte[], byte[]> maskConsumer =
                        consumer(topics.pruningMasks().name())) {
            poll("%d events in the sums".formatted(sent), () -> {
                read(sumsConsumer, changelog, sums);
                return count(sums) >= sent;
            });
            reprune();
            int expected = (perUser / Worker.BUDGET + 1) * Load.USERS;
            poll("%d masks".formatted(expected), () -> {
                for (ConsumerRecord<byte[], byte[]> record : maskConsumer.poll(Duration.ofMillis(300))) {
                    MaskUpdate update = MessageSerdes.maskUpdate().fromBytes(record.value());
                    masks.computeIfAbsent(update.getUserId(), user -> new ArrayList<>())
                            .add(update);
                }
                return masks.values().stream().mapToInt(List::size).sum() >= expected;
            });
            // What would come too much has come by now.
            maskConsumer
                    .poll(Duration.ofSeconds(1))
                    .forEach(record -> masks.computeIfAbsent(
                                    MessageSerdes.maskUpdate()
                                            .fromBytes(record.value())
                                            .getUserId(),
                                    user -> new ArrayList<>())
                            .add(MessageSerdes.maskUpdate().fromBytes(record.value())));
            read(sumsConsumer, changelog, sums);
        }
        int injected = switch (kind) {
            case PLAIN -> faults;
            case JUMPING -> sent;
            case POISONED -> load.poison();
        };
        Result result = new Result(
                fault,
                injected,
                sent,
                count(sums),
                sums.values().stream()
                        .mapToLong(stored -> Math.max(0, perUser - stored.getEvents()))
                        .sum(),
                sums.values().stream()
                        .mapToLong(stored -> Math.max(0, stored.getEvents() - perUser))
                        .sum(),
                recoveries);
        System.out.println(result.row());
        assertThat(result.counted()).isEqualTo(sent);
        assertSums(sums, perUser);
        assertMasks(masks, perUser / Worker.BUDGET);
        assertDeadLetters();
        return result;
    }

    private void reprune() throws Exception {
        byte[] command = PruneCommand.newBuilder()
                .setCommandId("c1")
                .setAction(CommandAction.COMMAND_ACTION_REPRUNE)
                .setRequestedAtMillis(1)
                .build()
                .toByteArray();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topics.pruningCommands().name(), new byte[] {'*'}, command))
                    .get();
        }
    }

    private static void assertSums(Map<UserModelKey, StoredSums> sums, int perUser) {
        TinyNet net = Worker.net();
        assertThat(sums).hasSize(Load.USERS);
        sums.forEach((key, stored) -> {
            assertThat(stored.getEvents()).isEqualTo(perUser);
            double[] direct = new double[net.architecture().taps()];
            for (int e = 0; e < perUser; e++) {
                float[] activations = net.activations(Events.values(key.user(), e, Worker.INPUTS));
                Arrays.setAll(direct, tap -> direct[tap] + Math.abs(activations[tap]));
            }
            for (int tap = 0; tap < direct.length; tap++) {
                assertThat(value(stored.getAbsolute(), tap)).isCloseTo(direct[tap], within(1e-9 * (1 + direct[tap])));
            }
        });
    }

    /** One mask per version, versions without gap, each accepted by a device that applied all before it. */
    private static void assertMasks(Map<String, List<MaskUpdate>> masks, int rounds) {
        assertThat(masks).hasSize(Load.USERS);
        masks.forEach((user, updates) -> {
            assertThat(updates)
                    .extracting(MaskUpdate::getVersion)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, rounds + 1).boxed().toList());
            assertThat(updates.subList(0, rounds))
                    .extracting(update -> update.getEvidence().getEventsSeen())
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, rounds)
                            .map(round -> round * Worker.BUDGET)
                            .boxed()
                            .toList());
            assertThat(updates.get(rounds).getTrigger()).isEqualTo(Trigger.TRIGGER_COMMAND);
            MaskVerifier device = new MaskVerifier(user, Worker.net().architecture());
            long inForce = 0;
            for (MaskUpdate update : updates) {
                assertThat(device.verify(update, inForce)).isInstanceOf(Verdict.Accepted.class);
                inForce = update.getVersion();
                if (Load.ordered(user) || inForce > rounds) {
                    assertRestsOnTheEventsBefore(update);
                }
            }
        });
    }

    /** The mask is that of the very events that were counted before, whatever came while it was computed or done again. */
    private static void assertRestsOnTheEventsBefore(MaskUpdate update) {
        TinyNet net = Worker.net();
        SumsAccumulator sums = SumsAccumulator.empty(net.architecture());
        for (int e = 0; e < update.getEvidence().getEventsSeen(); e++) {
            SensorEvent event = Events.event(
                    update.getUserId(), Worker.MODEL, e, Events.values(update.getUserId(), e, Worker.INPUTS));
            try {
                sums.add(net.evaluate(List.of(net.prepare(event))), 0, event.getCapturedAtMillis());
            } catch (UnusableEventException refused) {
                throw new AssertionError(refused);
            }
        }
        Mask expected = Pruner.prune(PrunableModel.of(net), sums.snapshot(), PruningPlan.DEFAULT);
        List<MaskLayers.Named> layers = MaskLayers.of(update);
        for (int l = 0; l < layers.size(); l++) {
            assertThat(layers.get(l).mask().kept())
                    .as("version %d of %s, layer %d", update.getVersion(), update.getUserId(), l)
                    .isEqualTo(expected.layers().get(l));
        }
    }

    private void assertDeadLetters() throws Exception {
        long[] found = {0};
        try (KafkaConsumer<byte[], byte[]> consumer =
                consumer(topics.sensorEventsDeadLetters().name())) {
            if (load.poison() > 0) {
                poll("%d dead letters".formatted(load.poison()), () -> {
                    found[0] += consumer.poll(Duration.ofMillis(200)).count();
                    return found[0] >= load.poison();
                });
            }
            found[0] += consumer.poll(Duration.ofMillis(500)).count();
        }
        assertThat(found[0]).as("dead letters").isEqualTo(load.poison());
    }

    private static void read(KafkaConsumer<byte[], byte[]> consumer, String topic, Map<UserModelKey, StoredSums> sums) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
            sums.put(
                    MessageSerdes.userModelKey().deserializer().deserialize(topic, record.key()),
                    MessageSerdes.storedSums().fromBytes(record.value()));
        }
    }

    /** Asks again and again; meanwhile starts workers again that ended by themselves, as a supervisor does. */
    void await(String expected, Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "Expected %s within %s; see the logs in %s".formatted(expected, PATIENCE, directory));
            }
            for (Map.Entry<Integer, Process> worker : Map.copyOf(workers).entrySet()) {
                if (!worker.getValue().isAlive() && worker.getValue().exitValue() == 1) {
                    start(worker.getKey());
                }
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private void poll(String expected, BooleanSupplier condition) throws Exception {
        await(expected, condition::getAsBoolean);
    }

    /** What is waited for. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws Exception;
    }

    private static long count(Map<UserModelKey, StoredSums> sums) {
        return sums.values().stream().mapToLong(StoredSums::getEvents).sum();
    }

    private static double value(ByteString bytes, int index) {
        return bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getDouble(8 * index);
    }

    private static List<TopicPartition> partitions(String topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (int p = 0; p < Worker.PARTITIONS; p++) {
            partitions.add(new TopicPartition(topic, p));
        }
        return partitions;
    }

    /** Reads what is committed of a topic from its beginning, once it exists. */
    private KafkaConsumer<byte[], byte[]> consumer(String topic) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest",
                        "allow.auto.create.topics",
                        "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(partitions(topic));
        consumer.seekToBeginning(partitions(topic));
        return consumer;
    }

    @Override
    public void close() {
        load.close();
        workers.values().forEach(worker -> worker.destroyForcibly().onExit().join());
        admin.close(Duration.ofSeconds(1));
    }
}
