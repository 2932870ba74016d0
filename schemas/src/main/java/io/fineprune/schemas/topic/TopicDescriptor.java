package io.fineprune.schemas.topic;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serde;

/**
 * Name, types, partitions, limits and cleanup policy of one topic.
 *
 * @param name 1 to 249 letters, digits, dots, underscores and hyphens
 * @param defaultPartitions partitions where the operator asks for no other number
 * @param maxMessageBytes largest batch that the broker takes, compressed, keys and headers included; a producer's
 *     max.request.size must be as large
 * @param description one sentence for operators
 * @param <K> key
 * @param <V> value
 */
public record TopicDescriptor<K, V>(
        String name,
        Serde<K> keySerde,
        Serde<V> valueSerde,
        int defaultPartitions,
        CleanupPolicy cleanupPolicy,
        int maxMessageBytes,
        String description) {
    private static final Pattern LEGAL_NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    public TopicDescriptor {
        if (!LEGAL_NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException(
                    "Expected 1 to 249 letters, digits, dots, underscores and hyphens as topic name, but was \"%s\""
                            .formatted(name));
        }
        if (defaultPartitions < 1) {
            throw new IllegalArgumentException(
                    "Expected at least 1 partition of topic %s, but was %d".formatted(name, defaultPartitions));
        }
        if (maxMessageBytes < 1024) {
            throw new IllegalArgumentException("Expected at least 1024 bytes as largest message of topic %s, but was %d"
                    .formatted(name, maxMessageBytes));
        }
    }

    /** The topic's configuration, sorted by name. */
    public Map<String, String> config() {
        Map<String, String> config = new TreeMap<>(cleanupPolicy.config());
        config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxMessageBytes));
        return config;
    }

    /**
     * Makes the request from which an admin client creates the topic. With three replicas or more, a write waits for
     * all but one.
     *
     * @param partitions at least 1
     * @param replicationFactor at least 1 and at most the number of brokers
     */
    public NewTopic newTopic(int partitions, short replicationFactor) {
        Map<String, String> config = config();
        config.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(Math.max(1, replicationFactor - 1)));
        return new NewTopic(name, partitions, replicationFactor).configs(config);
    }

    /** As {@link #newTopic(int, short)} with the default partitions. */
    public NewTopic newTopic(short replicationFactor) {
        return newTopic(defaultPartitions, replicationFactor);
    }
}
