package io.fineprune.agent.chaos;

import io.fineprune.schemas.serde.LittleEndian;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.FeatureTensor;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.testing.Events;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends events of many users in a thread of its own until it is told to end, then up to the next round number of each. A third
 * of the users' events are keyed by the user, a third by a device and so lie in a wrong partition, a third now so, now so.
 */
final class Load implements AutoCloseable {
    static final int USERS = 20;

    private static final int BURST = 16;
    /** Parts of names that must do no harm. */
    private static final List<String> ODD =
            List.of("user", "../../etc/passwd", "\0 \n\r", "\uD83D\uDE00".repeat(13), "'\"*<b>%s${a}", "\u202e\uFEFF");

    private static final int ROUND = USERS * Worker.BUDGET;
    private static final long HOUR_MILLIS = 3_000_000;

    private final Topics topics;
    private final Kind kind;
    private final Random random;
    private final int perSecond;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final AtomicInteger sent = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "load");
    private volatile int until = Integer.MAX_VALUE;
    private final AtomicInteger poison = new AtomicInteger();

    /** What is odd about the events. */
    enum Kind {
        PLAIN,
        /** Events and records are stamped with times that jump back and forth by up to 50 minutes. */
        JUMPING,
        /** In each burst of the size of a batch one event is none: in the first place of the first burst, and so on. */
        POISONED
    }

    Load(String bootstrapServers, Topics topics, Kind kind, long seed, int perSecond) {
        this.topics = topics;
        this.kind = kind;
        this.random = new Random(seed);
        this.perSecond = perSecond;
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "max.in.flight.requests.per.connection",
                        1,
                        "delivery.timeout.ms",
                        600_000,
                        "max.block.ms",
                        600_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        thread.setDaemon(true);
        thread.start();
    }

    /** Names of users are any bytes of UTF-8. */
    static String user(int number) {
        return ODD.get(number % ODD.size()) + number;
    }

    /** Events sent by now, poison not counted. */
    int sent() {
        return sent.get();
    }

    /** Sends on up to a number of events that gives every user the same number of whole budgets. */
    int finish() throws InterruptedException {
        int so = sent.get() + BURST;
        until = (so + ROUND - 1) / ROUND * ROUND;
        thread.join();
        producer.flush();
        Exception failed = failure.get();
        if (failed != null) {
            throw new AssertionError("An event could not be sent", failed);
        }
        return sent.get();
    }

    /** Events sent that can never be counted. */
    int poison() {
        return poison.get();
    }

    private void run() {
        long begin = System.nanoTime();
        int e = 0;
        while (e < until) {
            if (until == Integer.MAX_VALUE) {
                long due = begin + Duration.ofSeconds(1).toNanos() / perSecond * e;
                LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
            }
            if (kind == Kind.POISONED && e % (BURST - 1) == (e / (BURST - 1)) % BURST % (BURST - 1)) {
                send(user(e % USERS), poison(e));
                poison.incrementAndGet();
            }
            String user = user(e % USERS);
            send(key(e % USERS), event(user, e / USERS).toByteArray());
            sent.set(++e);
        }
    }

    private String key(int number) {
        return switch (number % 3) {
            case 0 -> user(number);
            case 1 -> "device of " + user(number);
            default ->
                random.nextBoolean() ? user(number) : "device %d of %s".formatted(random.nextInt(7), user(number));
        };
    }

    /** Whether a user's events are counted in the order in which they are sent: all of them take the same way. */
    static boolean ordered(String user) {
        return IntStream.range(0, USERS)
                .filter(number -> number % 3 < 2)
                .anyMatch(number -> user(number).equals(user));
    }

    private SensorEvent event(String user, int index) {
        SensorEvent event = Events.event(user, Worker.MODEL, index, Events.values(user, index, Worker.INPUTS));
        return kind == Kind.JUMPING
                ? event.toBuilder().setCapturedAtMillis(jump()).build()
                : event;
    }

    private long jump() {
        return System.currentTimeMillis() + (long) ((2 * random.nextDouble() - 1) * HOUR_MILLIS);
    }

    private byte @Nullable [] poison(int e) {
        String user = user(e % USERS);
        SensorEvent sound = Events.event(user, Worker.MODEL, e, Events.values(user, e, Worker.INPUTS));
        return switch (e % 5) {
            case 0 -> new byte[] {-1, -1, -1};
            case 1 -> null;
            case 2 -> Events.event(user, Worker.MODEL, e, new float[3]).toByteArray();
            case 3 -> sound.toBuilder().setModelId("another").build().toByteArray();
            default ->
                sound.toBuilder()
                        .setFeatures(FeatureTensor.newBuilder()
                                .addShape(Worker.INPUTS)
                                .setValues(LittleEndian.fromFloats("values", huge())))
                        .build()
                        .toByteArray();
        };
    }

    /** Numbers that pass for finite and do not stay so in the net. */
    private static float[] huge() {
        float[] values = new float[Worker.INPUTS];
        Arrays.fill(values, Float.MAX_VALUE);
        return values;
    }

    private void send(String key, byte @Nullable [] value) {
        Long timestamp = kind == Kind.JUMPING ? Long.valueOf(jump()) : null;
        var unused = producer.send(
                new ProducerRecord<>(
                        topics.sensorEvents().name(), null, timestamp, key.getBytes(StandardCharsets.UTF_8), value),
                (metadata, error) -> {
                    if (error != null) {
                        failure.compareAndSet(null, error);
                    }
                });
    }

    @Override
    public void close() {
        until = 0;
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(5));
    }
}
