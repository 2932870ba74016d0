package io.fineprune.topology.stream;

import io.fineprune.schemas.topic.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Properties for Kafka Streams under which the topology keeps its promises.
 *
 * @param applicationId prefix of internal topics and name of the consumer group; must not change once there is state
 * @param bootstrapServers host:port, separated by commas
 * @param stateDirectory of the stores
 * @param streamThreads 1 to 256
 * @param overrides any further property of Kafka Streams or its clients, security ones included; wins over the defaults
 */
public record StreamsSettings(
        String applicationId,
        String bootstrapServers,
        Path stateDirectory,
        int streamThreads,
        Map<String, String> overrides) {
    private static final int SESSION_TIMEOUT_MILLIS = 6_000;
    private static final int TRANSACTION_TIMEOUT_MILLIS = 30_000;
    private static final int COMMIT_MILLIS = 1_000;
    private static final int POLL_RECORDS = 256;
    private static final int HEARTBEAT_MILLIS = 1_500;
    private static final int PRODUCER_BATCH_BYTES = 256 * 1024;
    private static final long CACHE_BYTES = 64L * 1024 * 1024;

    /** Properties that cannot be overridden, since exactly-once results depend on them. */
    private static final Map<String, String> FIXED = Map.of(
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2,
            StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic",
            StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, "true");

    /** @throws IllegalArgumentException naming all problems */
    public StreamsSettings {
        overrides = Map.copyOf(overrides);
        List<String> problems = new ArrayList<>();
        if (applicationId.isBlank()) {
            problems.add("Expected an application id, but it is empty");
        }
        if (bootstrapServers.isBlank()) {
            problems.add("Expected host:port of at least one broker, but there is none");
        }
        if (streamThreads < 1 || streamThreads > 256) {
            problems.add("Expected 1 to 256 stream threads, but was " + streamThreads);
        }
        for (Map.Entry<String, String> fixed : new TreeMap<>(FIXED).entrySet()) {
            String found = overrides.getOrDefault(fixed.getKey(), fixed.getValue());
            if (!found.equals(fixed.getValue())) {
                problems.add("Expected %s to be %s, but was %s".formatted(fixed.getKey(), fixed.getValue(), found));
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** The property that bounds the memory of all stores of the process outside the heap. */
    public static Map.Entry<String, String> storeMemory(long megabytes) {
        return Map.entry(StoreMemory.MEGABYTES, Long.toString(megabytes));
    }

    /** The properties for these topics. */
    public Properties properties(Topics topics) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Integer.toString(streamThreads));
        properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, "1");
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, Long.toString(CACHE_BYTES));
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, StoreMemory.class.getName());
        // A commit writes every user's sums that changed since the last one. Masks and reports do not wait for it.
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, Integer.toString(COMMIT_MILLIS));
        // A crashed instance is noticed after this long, so its users wait about 5 seconds.
        properties.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
                Integer.toString(SESSION_TIMEOUT_MILLIS));
        properties.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                Integer.toString(HEARTBEAT_MILLIS));
        // A thread notices a shutdown only after it has processed all polled records: seconds, for a thousand events
        // that
        // take some milliseconds each.
        properties.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG),
                Integer.toString(POLL_RECORDS));
        // A record too large for the producer would stop the thread; internal topics must take as much.
        String maxBytes = Integer.toString(topics.maxRequestBytes());
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), maxBytes);
        properties.put(StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG), maxBytes);
        // Prunings run beside the stream threads. A thread waits for one only where a command, or the next round of a
        // user, needs what comes of it: two repairs at most, its own and one that runs; then it commits.
        properties.put(
                StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
                Integer.toString(TRANSACTION_TIMEOUT_MILLIS));
        // While the broker still completes the last transaction it turns the first request of the next one away, and a
        // second request in flight behind it would be out of sequence: an error in the broker's log and a retry. One
        // large request at a time is also cheaper than several small ones.
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), "1");
        properties.put(
                StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), Integer.toString(PRODUCER_BATCH_BYTES));
        overrides.forEach(properties::put);
        FIXED.forEach(properties::put);
        return properties;
    }
}
