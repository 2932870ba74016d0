package io.fineprune.agent.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.fineprune.agent.broker.BrokerProcess;
import io.fineprune.agent.broker.BrokerSettings;
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
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts must be exact however often the worker is killed: every event in the sums once, every version used once. */
class ExactlyOnceTest {
    private static final Topics TOPICS = Topics.standard();
    private static final int USERS = 20;
    private static final int EVENTS = 6_000;
    private static final int KILLS = 3;
    private static final long SEED = 20_260_101;
    private static final int COMMIT_NANOS = 100_000_000;
    private static final long POLL_NANOS = 2_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    Path directory;

    @Test
    void shouldLoseAndRepeatNothingWhenKilledAtRandomMoments() throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(BrokerSettings.temporary())) {
            run(broker.bootstrapServers(), Routing.DIRECT, KILLS);
        }
    }

    @Test
    void shouldCountEveryEventWhenAllTakeTheInternalTopic() throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(BrokerSettings.temporary())) {
            run(broker.bootstrapServers(), Routing.REPARTITION, 0);
        }
    }

    private void run(String bootstrapServers, Routing routing, int kills) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(TOPICS.all().stream()
                            .map(topic -> topic.newTopic(Worker.PARTITIONS, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
        Random random = new Random(SEED);
        Process worker = Worker.start(bootstrapServers, directory, routing);
        try (KafkaProducer<byte[], byte[]> producer = producer(bootstrapServers)) {
            int sent = 0;
            for (int kill = 0; kill < kills; kill++) {
                sent = send(producer, sent, EVENTS * (kill + 1) / (kills + 1), random);
                awaitCommitted(bootstrapServers, 1 + random.nextInt(EVENTS / 8) + kill * EVENTS / 4);
                LockSupport.parkNanos(random.nextInt(COMMIT_NANOS)); // into the next transaction
                worker.destroyForcibly().waitFor();
                worker = Worker.start(bootstrapServers, directory, routing);
            }
            send(producer, sent, EVENTS, random);
            Map<UserModelKey, StoredSums> sums = awaitSums(bootstrapServers, EVENTS);
            assertThat(count(sums)).as("seed %d", SEED).isEqualTo(EVENTS);
            assertSums(sums);
            producer.send(new ProducerRecord<>(TOPICS.pruningCommands().name(), new byte[] {'*'}, repruneAll()))
                    .get();
            assertMasks(awaitMasks(bootstrapServers, EVENTS / USERS / Worker.BUDGET + 1));
        } finally {
            worker.destroy();
            worker.waitFor();
        }
    }

    /** Half of the events are keyed by their user, the others by the device, and so lie in a wrong partition. */
    private static int send(KafkaProducer<byte[], byte[]> producer, int from, int to, Random random)
            throws InterruptedException, ExecutionException {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int e = from; e < to; e++) {
            String user = "user " + e % USERS;
            SensorEvent event =
                    Events.event(user, Worker.MODEL, e / USERS, Events.values(user, e / USERS, Worker.INPUTS));
            String key = random.nextBoolean() ? user : event.getDeviceId() + " " + e % 7;
            sent.add(producer.send(new ProducerRecord<>(
                    TOPICS.sensorEvents().name(), key.getBytes(StandardCharsets.UTF_8), event.toByteArray())));
        }
        for (Future<RecordMetadata> delivery : sent) {
            delivery.get();
        }
        return to;
    }

    private static byte[] repruneAll() {
        return PruneCommand.newBuilder()
                .setCommandId("c1")
                .setAction(CommandAction.COMMAND_ACTION_REPRUNE)
                .setRequestedAtMillis(1)
                .build()
                .toByteArray();
    }

    private static void assertSums(Map<UserModelKey, StoredSums> sums) {
        TinyNet net = Worker.net();
        assertThat(sums).hasSize(USERS);
        sums.forEach((key, stored) -> {
            assertThat(stored.getEvents()).isEqualTo(EVENTS / USERS);
            double[] direct = new double[net.architecture().taps()];
            for (int e = 0; e < EVENTS / USERS; e++) {
                float[] activations = net.activations(Events.values(key.user(), e, Worker.INPUTS));
                for (int tap = 0; tap < direct.length; tap++) {
                    direct[tap] += Math.abs(activations[tap]);
                }
            }
            for (int tap = 0; tap < direct.length; tap++) {
                assertThat(value(stored.getAbsolute(), tap)).isCloseTo(direct[tap], within(1e-9 * (1 + direct[tap])));
            }
        });
    }

    private static void assertMasks(Map<String, List<MaskUpdate>> masks) {
        int rounds = EVENTS / USERS / Worker.BUDGET;
        assertThat(masks).hasSize(USERS);
        masks.values().forEach(updates -> {
            assertThat(updates)
                    .extracting(MaskUpdate::getVersion)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, rounds + 1).boxed().toList());
            assertThat(updates.subList(0, rounds))
                    .extracting(u -> u.getEvidence().getEventsSeen())
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, rounds)
                            .map(round -> round * Worker.BUDGET)
                            .boxed()
                            .toList());
            assertThat(updates.get(rounds).getTrigger()).isEqualTo(Trigger.TRIGGER_COMMAND);
            updates.forEach(ExactlyOnceTest::assertRestsOnTheEventsBefore);
        });
    }

    /** The mask is that of the very events up to the budget, whatever came while it was computed or done again. */
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

    /** Returns when the worker has committed offsets of so many events. */
    private static void awaitCommitted(String bootstrapServers, int events)
            throws InterruptedException, ExecutionException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long committed = 0;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            while (committed < events && System.nanoTime() < deadline) {
                committed = 0;
                for (var entry : admin.listConsumerGroupOffsets(Worker.APPLICATION)
                        .partitionsToOffsetAndMetadata()
                        .get()
                        .entrySet()) {
                    boolean counts =
                            entry.getKey().topic().equals(TOPICS.sensorEvents().name());
                    committed += counts && entry.getValue() != null
                            ? entry.getValue().offset()
                            : 0;
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
        assertThat(committed).isGreaterThanOrEqualTo(events);
    }

    /** The last committed sums of every user, once they hold so many events. */
    private static Map<UserModelKey, StoredSums> awaitSums(String bootstrapServers, long events) {
        Map<UserModelKey, StoredSums> sums = new HashMap<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String topic = Worker.APPLICATION + "-" + Names.ACTIVATION_SUMS_STORE + "-changelog";
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers, topic, "read_committed")) {
            while (count(sums) < events && System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    sums.put(
                            MessageSerdes.userModelKey().deserializer().deserialize(topic, record.key()),
                            MessageSerdes.storedSums().fromBytes(record.value()));
                }
            }
        }
        return sums;
    }

    /** All committed masks by user, in order, once every user has so many; and those that came too much. */
    private static Map<String, List<MaskUpdate>> awaitMasks(String bootstrapServers, int perUser) {
        Map<String, List<MaskUpdate>> masks = new HashMap<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int count = 0;
        try (KafkaConsumer<byte[], byte[]> consumer =
                consumer(bootstrapServers, TOPICS.pruningMasks().name(), "read_committed")) {
            int last = -1;
            while ((count < perUser * USERS || last != 0) && System.nanoTime() < deadline) {
                last = 0;
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    MaskUpdate update = MessageSerdes.maskUpdate().fromBytes(record.value());
                    masks.computeIfAbsent(update.getUserId(), user -> new ArrayList<>())
                            .add(update);
                    count++;
                    last++;
                }
            }
        }
        return masks;
    }

    private static long count(Map<UserModelKey, StoredSums> sums) {
        return sums.values().stream().mapToLong(StoredSums::getEvents).sum();
    }

    private static double value(ByteString bytes, int index) {
        return bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getDouble(8 * index);
    }

    private static KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "max.in.flight.requests.per.connection", 1),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Reads a topic from its beginning, once it exists. */
    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers, String topic, String isolation) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        isolation,
                        "auto.offset.reset",
                        "earliest",
                        "allow.auto.create.topics",
                        "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (int p = 0; p < Worker.PARTITIONS; p++) {
            partitions.add(new TopicPartition(topic, p));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }
}
