package io.fineprune.agent.bench;

import io.fineprune.schemas.v1.SensorEvent;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Devices in a JVM of their own, so that what sending costs is not counted as the agent's. */
final class LoadProcess implements AutoCloseable {
    private static final String DONE = "sent";
    private static final long STRIDE = 7919; // a prime: users take turns in an order that no cache foresees
    private static final long FIRST_MILLIS = 1_700_000_000_000L;

    private final Process process;
    private final BufferedWriter in;
    private final BufferedReader out;

    /**
     * Starts it.
     *
     * @param payloads as {@link BenchSource#write} writes them
     */
    LoadProcess(String bootstrapServers, String modelId, Path payloads) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadProcess.class.getName(),
                        bootstrapServers,
                        modelId,
                        payloads.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Sends events of users in turn and returns when the broker has them.
     *
     * @param firstUser number of the first of them
     * @param users how many take turns
     */
    void send(String topic, long firstUser, int users, int events) throws IOException {
        in.write("%s %d %d %d%n".formatted(topic, firstUser, users, events));
        in.flush();
        String answer = out.readLine();
        if (!DONE.equals(answer)) {
            throw new IOException("Expected the sending process to answer " + DONE + ", but was " + answer);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }

    /** The child process: bootstrap servers, model id and a file of payloads; then a line for each {@link #send}. */
    public static void main(String[] arguments) throws IOException {
        List<SensorEvent> payloads = new ArrayList<>();
        try (InputStream file = Files.newInputStream(Path.of(arguments[2]))) {
            for (SensorEvent event = SensorEvent.parseDelimitedFrom(file);
                    event != null;
                    event = SensorEvent.parseDelimitedFrom(file)) {
                payloads.add(event);
            }
        }
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        long sequence = 0;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        arguments[0],
                        ProducerConfig.LINGER_MS_CONFIG,
                        5,
                        ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                        1),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                String[] words = line.split(" ", -1);
                int users = Integer.parseInt(words[2]);
                for (int i = 0; i < Integer.parseInt(words[3]); i++) {
                    String user = "user-%07d".formatted(Long.parseLong(words[1]) + sequence * STRIDE % users);
                    SensorEvent event = payloads.get((int) (sequence % payloads.size())).toBuilder()
                            .setEventId("event-" + sequence)
                            .setDeviceId(user)
                            .setUserId(user)
                            .setModelId(arguments[1])
                            .setCapturedAtMillis(FIRST_MILLIS + sequence)
                            .build();
                    sequence++;
                    var unused = producer.send(
                            new ProducerRecord<>(words[0], user.getBytes(StandardCharsets.UTF_8), event.toByteArray()));
                }
                producer.flush();
                System.out.println(DONE);
                System.out.flush();
            }
        }
    }
}
