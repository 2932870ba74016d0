package io.fineprune.schemas.topic;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/** The rule by which a topic discards old records. */
public sealed interface CleanupPolicy {
    /** Kafka's topic configuration for this policy. */
    Map<String, String> config();

    /** Keeps the last value of each key for ever. */
    record Compact() implements CleanupPolicy {
        @Override
        public Map<String, String> config() {
            return Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        }

        @Override
        public String toString() {
            return "compact";
        }
    }

    /**
     * Deletes records older than the retention.
     *
     * @param retention at least one second
     */
    record Delete(Duration retention) implements CleanupPolicy {
        public Delete {
            if (retention.toSeconds() < 1) {
                throw new IllegalArgumentException("Expected a retention of at least 1 s, but was " + retention);
            }
        }

        @Override
        public Map<String, String> config() {
            return Map.of(
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.CLEANUP_POLICY_DELETE,
                    TopicConfig.RETENTION_MS_CONFIG,
                    Long.toString(retention.toMillis()));
        }

        @Override
        public String toString() {
            return "delete after " + retention;
        }
    }
}
