package io.fineprune.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fineprune.schemas.serde.MessageSerdes;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class TopicsTest {
    @Test
    void shouldNameAllTopics() {
        assertThat(Topics.standard().all())
                .extracting(TopicDescriptor::name)
                .containsExactly(
                        "sensor-events",
                        "pruning-commands",
                        "pruning-masks",
                        "pruning-mask-chunks",
                        "pruning-reports",
                        "mask-acknowledgements",
                        "feedback-labels",
                        "sensor-events-dead-letters");
    }

    @Test
    void shouldPutThePrefixBeforeEveryName() {
        assertThat(Topics.withPrefix("acme.").all())
                .allMatch(topic -> topic.name().startsWith("acme."))
                .hasSize(8);
        assertThatThrownBy(() -> Topics.withPrefix("a b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected 1 to 249 letters, digits, dots, underscores and hyphens as topic name,"
                        + " but was \"a bsensor-events\"");
    }

    @Test
    void shouldLeaveRoomForTheLargestMessage() {
        Topics topics = Topics.standard();

        assertThat(topics.sensorEvents().maxMessageBytes())
                .isGreaterThan(MessageSerdes.MAX_SENSOR_EVENT_BYTES + 32_768)
                .isEqualTo(1_048_576);
        assertThat(topics.sensorEventsDeadLetters().maxMessageBytes())
                .isGreaterThan(topics.sensorEvents().maxMessageBytes() + 32_768);
        assertThat(topics.pruningMasks().maxMessageBytes()).isGreaterThan(MessageSerdes.MAX_MASK_UPDATE_BYTES + 32_768);
        assertThat(topics.pruningReports().maxMessageBytes())
                .isGreaterThan(MessageSerdes.MAX_SMALL_MESSAGE_BYTES + 32_768);
        assertThat(topics.maxRequestBytes()).isEqualTo(topics.pruningMasks().maxMessageBytes());
    }

    @Test
    void shouldGiveAnAdminClientAllThatItNeeds() {
        NewTopic masks = Topics.standard().pruningMasks().newTopic((short) 3);
        NewTopic events = Topics.standard().sensorEvents().newTopic(2, (short) 1);

        assertThat(masks.numPartitions()).isEqualTo(6);
        assertThat(masks.replicationFactor()).isEqualTo((short) 3);
        assertThat(masks.configs())
                .isEqualTo(Map.of(
                        "cleanup.policy", "compact", "max.message.bytes", "8454144", "min.insync.replicas", "2"));
        assertThat(events.numPartitions()).isEqualTo(2);
        assertThat(events.configs())
                .isEqualTo(Map.of(
                        "cleanup.policy",
                        "delete",
                        "retention.ms",
                        "86400000",
                        "max.message.bytes",
                        "1048576",
                        "min.insync.replicas",
                        "1"));
    }

    @Test
    void shouldRefuseADescriptorThatNoBrokerTakes() {
        assertThatThrownBy(() -> new CleanupPolicy.Delete(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected a retention of at least 1 s, but was PT0S");
        assertThatThrownBy(() -> Topics.withPrefix("p".repeat(240)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Expected 1 to 249 letters");
    }
}
