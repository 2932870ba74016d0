package io.fineprune.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.FeatureTensor;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import io.fineprune.topology.stream.DeadLetters;
import io.fineprune.topology.sums.ActivationSums;
import io.fineprune.topology.sums.SumsAccumulator;
import io.fineprune.topology.sums.SumsReading;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentTest {
    private static final List<String> USERS = List.of("ada", "boris", "chen");

    @TempDir
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static Fleet fleet;

    @BeforeAll
    static void start() throws Exception {
        fleet = new Fleet(folder);
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    @Test
    void shouldGoOnFromItsSumsWhenItIsStartedAgain() throws Exception {
        Topics topics = fleet.topics("restart");
        try (FleetAgent agent = fleet.agent(topics, "restart", 150)) {
            fleet.send(topics, fleet.events("ada", "ada", 0, 77));
            fleet.awaitEvents(agent, "ada", 77);
        }
        fleet.send(topics, fleet.events("ada", "ada", 77, 100));
        try (FleetAgent agent = fleet.agent(topics, "restart", 150)) {
            fleet.send(topics, fleet.events("ada", "ada", 100, 170));
            fleet.awaitEvents(agent, "ada", 170);
            StoredSums stored = fleet.sums(agent, "ada").orElseThrow();
            assertThat(stored.getEvents()).isEqualTo(170);
            ReferenceSums reference = new ReferenceSums(fleet.model, fleet.events("ada", "ada", 0, 170));
            assertClose(stored.getAbsolute(), reference.absolute);
            ActivationSums sums = ((SumsReading.Usable) SumsAccumulator.read(stored, fleet.model.architecture()))
                    .sums()
                    .snapshot();
            for (int tap = 0; tap < reference.linear.length; tap++) {
                assertThat(sums.linear(tap))
                        .isCloseTo(reference.linear[tap], within(1e-5 * Math.max(1, Math.abs(reference.linear[tap]))));
            }
            assertClose(stored.getSquared(), reference.squared);
            fleet.awaitMasks(topics, 1);
        }
        MaskUpdate mask = mask(topics, "ada");
        assertThat(mask.getVersion()).isEqualTo(1);
        long seen = mask.getEvidence().getEventsSeen();
        assertThat(seen).isBetween(150L, 170L);
        ReferenceSums then = new ReferenceSums(fleet.model, fleet.events("ada", "ada", 0, (int) seen));
        List<MaskLayers.Named> layers = MaskLayers.of(mask);
        assertThat(layers).hasSameSizeAs(fleet.model.architecture().layers());
        for (int l = 0; l < layers.size(); l++) {
            assertThat(layers.get(l).mask().kept())
                    .as("layer %d", l)
                    .isEqualTo(then.kept(fleet.model.architecture(), l, 0.5));
        }
    }

    @Test
    void shouldMakeTheSameMasksBitForBitFromTheSameEvents() throws Exception {
        List<Map<UserModelKey, MaskUpdate>> runs = new ArrayList<>();
        for (String run : List.of("first", "second")) {
            Topics topics = fleet.topics(run);
            for (String user : USERS) {
                fleet.send(topics, fleet.events(user, user, 0, 60));
            }
            try (FleetAgent agent = fleet.agent(topics, run, 60)) {
                for (String user : USERS) {
                    fleet.awaitEvents(agent, user, 60);
                }
                fleet.awaitMasks(topics, USERS.size());
            }
            runs.add(new FleetControl(topics, fleet.kafka()).masks());
        }
        assertThat(runs.get(0)).hasSize(USERS.size());
        runs.get(0)
                .forEach((key, mask) -> assertThat(mask.toByteArray())
                        .isEqualTo(java.util.Objects.requireNonNull(runs.get(1).get(key))
                                .toByteArray()));
    }

    @Test
    void shouldSortOutAThousandBadEventsAmongAThousandGoodOnes() throws Exception {
        Topics topics = fleet.topics("bad");
        String name = topics.sensorEvents().name();
        List<SensorEvent> good = fleet.events("boris", "boris", 0, 50);
        Map<Reason, Integer> expected = new EnumMap<>(Reason.class);
        try (FleetAgent agent = fleet.agent(topics, "bad", 10_000)) {
            try (KafkaProducer<byte[], byte[]> producer = fleet.producer(topics)) {
                for (int i = 0; i < 1000; i++) {
                    SensorEvent event = good.get(i % good.size());
                    Bad bad = Bad.of(i, event);
                    expected.merge(bad.reason(), 1, Integer::sum);
                    byte[] key = event.getUserId().getBytes(StandardCharsets.UTF_8);
                    var first = producer.send(new ProducerRecord<>(name, key, event.toByteArray()));
                    var second = producer.send(new ProducerRecord<>(name, key, bad.bytes()));
                    assertThat(first).isNotSameAs(second);
                }
                producer.flush();
            }
            fleet.awaitEvents(agent, "boris", 1000);
            Map<Reason, Integer> found = new EnumMap<>(Reason.class);
            Fleet.await(
                    () -> {
                        found.clear();
                        found.putAll(deadLetters(topics));
                        return found.values().stream()
                                        .mapToInt(Integer::intValue)
                                        .sum()
                                >= 1000;
                    },
                    () -> "1000 dead letters, found " + found);
            assertThat(found).isEqualTo(expected);
            assertThat(fleet.sums(agent, "boris").orElseThrow().getEvents()).isEqualTo(1000);
            assertThat(agent.health().ready().good()).isTrue();
            assertThat(agent.failedThreads()).isZero();
        }
    }

    private record Bad(Reason reason, byte[] bytes) {
        static Bad of(int i, SensorEvent event) {
            return switch (i % 8) {
                case 0 -> new Bad(Reason.MALFORMED, ("no message " + i).getBytes(StandardCharsets.UTF_8));
                case 1 ->
                    new Bad(
                            Reason.MALFORMED,
                            event.toBuilder().clearDeviceId().build().toByteArray());
                case 2 ->
                    new Bad(
                            Reason.UNKNOWN_MODEL,
                            event.toBuilder().setModelId("other").build().toByteArray());
                case 3 -> new Bad(Reason.WRONG_SHAPE, features(event, 31 * 32, 1));
                case 4 -> new Bad(Reason.MALFORMED, features(event, 32 * 32, Float.NaN));
                case 5 ->
                    new Bad(
                            Reason.UNDECODABLE,
                            event.toBuilder()
                                    .setAudio(
                                            event.getAudio().toBuilder().setData(ByteString.copyFromUtf8("RIFFnoWAVE")))
                                    .build()
                                    .toByteArray());
                case 6 -> new Bad(Reason.MALFORMED, new byte[0]);
                default ->
                    i < 64
                            ? new Bad(
                                    Reason.OVERSIZED,
                                    event.toBuilder()
                                            .setAudio(event.getAudio().toBuilder()
                                                    .setData(ByteString.copyFrom(new byte[1_000_000])))
                                            .build()
                                            .toByteArray())
                            : new Bad(
                                    Reason.MALFORMED,
                                    event.toBuilder()
                                            .setCapturedAtMillis(-1)
                                            .build()
                                            .toByteArray());
            };
        }

        private static byte[] features(SensorEvent event, int size, float value) {
            ByteBuffer values = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < size; i++) {
                values.putFloat(value);
            }
            return event.toBuilder()
                    .setFeatures(FeatureTensor.newBuilder()
                            .addShape(size / 32)
                            .addShape(32)
                            .setValues(ByteString.copyFrom(values.array())))
                    .build()
                    .toByteArray();
        }
    }

    private static Map<Reason, Integer> deadLetters(Topics topics) {
        Map<Reason, Integer> counts = new HashMap<>();
        new FleetControl(topics, fleet.kafka())
                .readToEnd(topics.sensorEventsDeadLetters().name(), record -> {
                    Header reason = record.headers().lastHeader(DeadLetters.REASON);
                    Header message = record.headers().lastHeader(DeadLetters.MESSAGE);
                    assertThat(message.value()).isNotEmpty();
                    counts.merge(Reason.valueOf(new String(reason.value(), StandardCharsets.UTF_8)), 1, Integer::sum);
                });
        return counts;
    }

    private static MaskUpdate mask(Topics topics, String user) {
        MaskUpdate mask = new FleetControl(topics, fleet.kafka()).masks().get(new UserModelKey(user, fleet.modelId()));
        if (mask == null) {
            throw new AssertionError("There is no mask of " + user);
        }
        return mask;
    }

    private static void assertClose(ByteString stored, double[] expected) {
        ByteBuffer values = stored.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(values.remaining()).isEqualTo(expected.length * Double.BYTES);
        for (double value : expected) {
            assertThat(values.getDouble()).isCloseTo(value, within(1e-5 * Math.max(1, Math.abs(value))));
        }
    }
}
