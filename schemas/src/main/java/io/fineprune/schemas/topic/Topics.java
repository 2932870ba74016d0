package io.fineprune.schemas.topic;

import io.fineprune.schemas.serde.MaskChunkKey;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskChunk;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.SensorEvent;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * The topics of one installation. Topics keyed by user have equally many partitions, so that all of a user's records are in
 * the partitions of one number.
 */
public final class Topics {
    /** Bytes allowed for keys, headers and the batch around a message. */
    private static final int HEADROOM_BYTES = 64 * 1024;

    private static final int MIB = 1024 * 1024;
    private static final int USER_PARTITIONS = 6;
    private static final Serde<String> USER = MessageSerdes.identifier();

    private final String prefix;

    private Topics(String prefix) {
        this.prefix = prefix;
        all(); // creating the descriptors refuses a prefix that makes an illegal name
    }

    /** The topics under their plain names. */
    public static Topics standard() {
        return new Topics("");
    }

    /**
     * The topics under names that begin with the prefix.
     *
     * @param prefix as "acme."; may be empty
     * @throws IllegalArgumentException if a name with this prefix would be no legal topic name
     */
    public static Topics withPrefix(String prefix) {
        return new Topics(prefix);
    }

    /** Unlabeled events of all devices. */
    public TopicDescriptor<String, SensorEvent> sensorEvents() {
        return descriptor(
                "sensor-events",
                USER,
                MessageSerdes.sensorEvent(),
                delete(Duration.ofDays(1)),
                MIB,
                "Unlabeled recordings of devices, by user");
    }

    /** Commands of operators; key "*" stands for all users. */
    public TopicDescriptor<String, PruneCommand> pruningCommands() {
        return descriptor(
                "pruning-commands",
                USER,
                MessageSerdes.pruneCommand(),
                delete(Duration.ofDays(7)),
                HEADROOM_BYTES,
                "Commands of operators, by user, or * for all users");
    }

    /** The mask in force of each user and model. */
    public TopicDescriptor<UserModelKey, MaskUpdate> pruningMasks() {
        return descriptor(
                "pruning-masks",
                MessageSerdes.userModelKey(),
                MessageSerdes.maskUpdate(),
                new CleanupPolicy.Compact(),
                MessageSerdes.MAX_MASK_UPDATE_BYTES + HEADROOM_BYTES,
                "The mask in force, by user and model");
    }

    /** Chunks of the updates that are larger than one message. */
    public TopicDescriptor<MaskChunkKey, MaskChunk> pruningMaskChunks() {
        return descriptor(
                "pruning-mask-chunks",
                MessageSerdes.maskChunkKey(),
                MessageSerdes.maskChunk(),
                new CleanupPolicy.Compact(),
                MessageSerdes.MAX_MASK_UPDATE_BYTES + HEADROOM_BYTES,
                "Chunks of masks that are larger than a message, by user, model and number");
    }

    /** Reports on prunings, held-back updates and commands. */
    public TopicDescriptor<String, PruningReport> pruningReports() {
        return descriptor(
                "pruning-reports",
                USER,
                MessageSerdes.pruningReport(),
                delete(Duration.ofDays(90)),
                HEADROOM_BYTES,
                "What the agent decided and why, by user");
    }

    /** Answers of devices to masks: applied, refused or rolled back. */
    public TopicDescriptor<String, MaskAcknowledgement> maskAcknowledgements() {
        return descriptor(
                "mask-acknowledgements",
                USER,
                MessageSerdes.maskAcknowledgement(),
                delete(Duration.ofDays(30)),
                HEADROOM_BYTES,
                "Answers of devices to masks, by user");
    }

    /** True classes, for measuring only. */
    public TopicDescriptor<String, FeedbackLabel> feedbackLabels() {
        return descriptor(
                "feedback-labels",
                USER,
                MessageSerdes.feedbackLabel(),
                delete(Duration.ofDays(30)),
                HEADROOM_BYTES,
                "True classes of events where known, by user; for measuring, never for pruning");
    }

    /** Events that could not be used, as they came, with the reason in the headers. */
    public TopicDescriptor<byte[], byte[]> sensorEventsDeadLetters() {
        return descriptor(
                "sensor-events-dead-letters",
                Serdes.ByteArray(),
                Serdes.ByteArray(),
                delete(Duration.ofDays(7)),
                MIB + HEADROOM_BYTES,
                "Events that could not be used, with the reason in the headers");
    }

    /** All topics, in the order in which data flows. */
    public List<TopicDescriptor<?, ?>> all() {
        return List.of(
                sensorEvents(),
                pruningCommands(),
                pruningMasks(),
                pruningMaskChunks(),
                pruningReports(),
                maskAcknowledgements(),
                feedbackLabels(),
                sensorEventsDeadLetters());
    }

    /** The max.request.size that a producer to any of the topics needs. */
    public int maxRequestBytes() {
        return all().stream().mapToInt(TopicDescriptor::maxMessageBytes).max().orElseThrow();
    }

    private <K, V> TopicDescriptor<K, V> descriptor(
            String name, Serde<K> key, Serde<V> value, CleanupPolicy cleanup, int maxMessageBytes, String description) {
        return new TopicDescriptor<>(prefix + name, key, value, USER_PARTITIONS, cleanup, maxMessageBytes, description);
    }

    private static CleanupPolicy delete(Duration retention) {
        return new CleanupPolicy.Delete(retention);
    }
}
