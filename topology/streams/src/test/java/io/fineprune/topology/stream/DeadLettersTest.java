package io.fineprune.topology.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.v1.AudioClip;
import io.fineprune.schemas.v1.AudioEncoding;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.testing.Events;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeadLettersTest {
    private static final byte[] KEY = "a device".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path state;

    @ParameterizedTest
    @EnumSource(Routing.class)
    void shouldCountTheGoodAndKeepTheBadWhenTheyAreMixed(Routing routing) {
        TopologySettings settings = Harness.settings(32, new Budget(10_000, 0, 1), routing);
        try (Harness harness = new Harness(settings, state)) {
            Random random = new Random(11);
            for (int e = 0; e < 1_000; e++) {
                harness.send("user " + e % 7, e, e + 1);
                sendBad(harness, e, random);
            }
            harness.settle();
            long counted = 0;
            for (int u = 0; u < 7; u++) {
                counted += harness.sums("user " + u).orElseThrow().getEvents();
            }
            assertThat(counted).isEqualTo(1_000);
            assertThat(harness.listener.count(StreamListener.EventOutcome.COUNTED))
                    .isEqualTo(1_000);
            assertThat(harness.listener.count(StreamListener.EventOutcome.DEAD_LETTER))
                    .isEqualTo(1_000);
            assertThat(harness.listener.deadLetters)
                    .containsEntry(Reason.UNKNOWN_MODEL, 125)
                    .containsEntry(Reason.OVERSIZED, 125)
                    .containsEntry(Reason.EVALUATION_FAILED, 125)
                    .containsEntry(Reason.WRONG_SHAPE, 250)
                    .containsEntry(Reason.MALFORMED, 375);
            List<TestRecord<byte[], byte[]>> letters = harness.deadLetters();
            assertThat(letters).hasSize(1_000);
            // Every second record is bad: each of those offsets is there, and no other.
            assertThat(letters.stream()
                            .map(letter -> Long.parseLong(header(letter, DeadLetters.SOURCE_OFFSET)))
                            .sorted()
                            .toList())
                    .isEqualTo(java.util.stream.LongStream.range(0, 1_000)
                            .map(i -> 2 * i + 1)
                            .boxed()
                            .toList());
        }
    }

    @Test
    void shouldSayWhyAndWhereFrom() {
        try (Harness harness = new Harness(Harness.settings(4, 200), state)) {
            SensorEvent unknown = Events.event("theo", "other", 0, new float[Harness.INPUTS]);
            harness.send(unknown);
            assertThat(harness.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(header(letter, DeadLetters.REASON)).isEqualTo("UNKNOWN_MODEL");
                assertThat(header(letter, DeadLetters.MESSAGE))
                        .isEqualTo("Expected one of the models [tiny], but was other");
                assertThat(header(letter, DeadLetters.SOURCE_TOPIC)).isEqualTo("sensor-events");
                assertThat(header(letter, DeadLetters.SOURCE_PARTITION)).isEqualTo("0");
                assertThat(header(letter, DeadLetters.SOURCE_OFFSET)).isEqualTo("0");
                assertThat(letter.value()).isEqualTo(unknown.toByteArray());
            });
        }
    }

    @Test
    void shouldHarmNoOtherEventOfTheBatchWhenOneFails() {
        try (Harness harness = new Harness(Harness.settings(8, 200), state)) {
            harness.send("theo", 0, 3);
            harness.send(overflowing("george", 3));
            harness.send("theo", 4, 8);
            assertThat(harness.waiting()).isZero();
            assertThat(harness.sums("theo").orElseThrow().getEvents()).isEqualTo(7);
            assertThat(harness.sums("george")).isEmpty();
            assertThat(harness.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(header(letter, DeadLetters.REASON)).isEqualTo("EVALUATION_FAILED");
                assertThat(header(letter, DeadLetters.SOURCE_OFFSET)).isEqualTo("3");
                assertThat(letter.key()).isEqualTo("george".getBytes(StandardCharsets.UTF_8));
            });
        }
    }

    @Test
    void shouldCutWhatTheTopicCannotTake() {
        try (Harness harness = new Harness(Harness.settings(8, 200), state)) {
            byte[] huge = new byte[3_000_000];
            Arrays.fill(huge, (byte) 7);
            harness.sendRaw(huge, huge);
            assertThat(harness.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.key()).isNull();
                assertThat(letter.value())
                        .hasSizeLessThan(
                                Harness.TOPICS.sensorEventsDeadLetters().maxMessageBytes());
                assertThat(header(letter, DeadLetters.REASON)).isEqualTo("OVERSIZED");
                assertThat(header(letter, DeadLetters.CUT_FROM_BYTES)).isEqualTo("3000000");
            });
        }
    }

    @Test
    void shouldPutMalformedCommandsThereToo() {
        try (Harness harness = new Harness(Harness.settings(8, 200), state)) {
            harness.commandRaw(new byte[] {1, 2, 3});
            assertThat(harness.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(header(letter, DeadLetters.SOURCE_TOPIC)).isEqualTo("pruning-commands");
                assertThat(header(letter, DeadLetters.REASON)).isEqualTo("MALFORMED");
            });
        }
    }

    private static void sendBad(Harness harness, int index, Random random) {
        SensorEvent good = Events.event("theo", Harness.MODEL, index, new float[Harness.INPUTS]);
        switch (index % 8) {
            case 0 -> harness.sendRaw(KEY, null);
            case 1 -> {
                byte[] noise = new byte[1 + random.nextInt(200)];
                random.nextBytes(noise);
                noise[0] = 7; // a field of a wire type that does not exist
                harness.sendRaw(KEY, noise);
            }
            case 2 -> harness.sendRaw(null, new byte[MessageSerdes.MAX_SENSOR_EVENT_BYTES + 1]);
            case 3 -> harness.send(good.toBuilder().setModelId("unknown").build());
            case 4 -> harness.send(Events.event("theo", Harness.MODEL, index, new float[Harness.INPUTS + 1]));
            case 5 -> harness.send(overflowing("user " + index % 7, index));
            case 6 ->
                harness.send(good.toBuilder()
                        .setAudio(AudioClip.newBuilder()
                                .setSampleRateHz(8_000)
                                .setEncoding(AudioEncoding.AUDIO_ENCODING_PCM_S16LE)
                                .setData(ByteString.copyFrom(new byte[10])))
                        .build());
            default -> harness.send(good.toBuilder().setCapturedAtMillis(0).build());
        }
    }

    private static SensorEvent overflowing(String user, int index) {
        float[] values = new float[Harness.INPUTS];
        Arrays.fill(values, 3e38f);
        return Events.event(user, Harness.MODEL, index, values);
    }

    private static String header(TestRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
