package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.DuePruning;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskChunk;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.StoredInput;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.schemas.v1.WaitingRecord;

/** The serde of every message and key. Serdes are stateless: share them or make new ones, as you like. */
public final class MessageSerdes {
    /** Limit of an event: the largest payload, and 4 KiB for names and the fields of later versions. */
    public static final int MAX_SENSOR_EVENT_BYTES = SensorEventValidator.MAX_PAYLOAD_BYTES + 4096;

    /** Limit of an update in one message: one bit for each of 67 million weights; ResNet50 has 25 million. */
    public static final int MAX_MASK_UPDATE_BYTES = 8 * 1024 * 1024;

    /**
     * Limit of an update in chunks: the weights of ResNet50 in half precision, with at least a fifth of them removed,
     * fit.
     */
    public static final int MAX_JOINED_UPDATE_BYTES = 64 * 1024 * 1024;

    /** Limit of a user's sums, with 24 bytes a node: 349,525 nodes; ResNet50 has 27 thousand. */
    public static final int MAX_STORED_SUMS_BYTES = 8 * 1024 * 1024;

    /** Limit of commands, reports, acknowledgements, labels and lifecycles. */
    public static final int MAX_SMALL_MESSAGE_BYTES = 16 * 1024;

    /** Settings of several commands come together in it. */
    private static final int MAX_STORED_LIFECYCLE_BYTES = 4 * MAX_SMALL_MESSAGE_BYTES;

    private static final int FEW_FIELDS = 256;
    private static final int LAYER_FIELDS = 10;
    private static final int LIMIT_FIELDS = 4;

    private MessageSerdes() {}

    public static MessageSerde<SensorEvent> sensorEvent() {
        return new MessageSerde<>(
                "sensor_event",
                SensorEvent.getDefaultInstance(),
                SensorEvent.parser(),
                new SensorEventValidator(),
                MAX_SENSOR_EVENT_BYTES,
                FEW_FIELDS);
    }

    public static MessageSerde<PruneCommand> pruneCommand() {
        return new MessageSerde<>(
                "prune_command",
                PruneCommand.getDefaultInstance(),
                PruneCommand.parser(),
                new PruneCommandValidator(),
                MAX_SMALL_MESSAGE_BYTES,
                FEW_FIELDS + LIMIT_FIELDS * PruneCommandValidator.MAX_LIMITS);
    }

    /** Serde of updates in one message, which must carry their checksum, see {@link MaskChecksum#seal}. */
    public static MessageSerde<MaskUpdate> maskUpdate() {
        return new MessageSerde<>(
                "mask_update",
                MaskUpdate.getDefaultInstance(),
                MaskUpdate.parser(),
                new MaskUpdateValidator(),
                MAX_MASK_UPDATE_BYTES,
                FEW_FIELDS + LAYER_FIELDS * MaskUpdateValidator.MAX_LAYERS);
    }

    /**
     * Serde of updates joined from chunks, with a higher limit; records of a topic are read by {@link #maskUpdate}.
     */
    public static MessageSerde<MaskUpdate> joinedMaskUpdate() {
        return new MessageSerde<>(
                "mask_update",
                MaskUpdate.getDefaultInstance(),
                MaskUpdate.parser(),
                new MaskUpdateValidator(),
                MAX_JOINED_UPDATE_BYTES,
                FEW_FIELDS + LAYER_FIELDS * MaskUpdateValidator.MAX_LAYERS);
    }

    public static MessageSerde<MaskChunk> maskChunk() {
        return new MessageSerde<>(
                "mask_chunk",
                MaskChunk.getDefaultInstance(),
                MaskChunk.parser(),
                new MaskChunkValidator(),
                MAX_MASK_UPDATE_BYTES,
                FEW_FIELDS);
    }

    public static MessageSerde<PruningReport> pruningReport() {
        return new MessageSerde<>(
                "pruning_report",
                PruningReport.getDefaultInstance(),
                PruningReport.parser(),
                new PruningReportValidator(),
                MAX_SMALL_MESSAGE_BYTES,
                FEW_FIELDS);
    }

    public static MessageSerde<MaskAcknowledgement> maskAcknowledgement() {
        return new MessageSerde<>(
                "mask_acknowledgement",
                MaskAcknowledgement.getDefaultInstance(),
                MaskAcknowledgement.parser(),
                new MaskAcknowledgementValidator(),
                MAX_SMALL_MESSAGE_BYTES,
                FEW_FIELDS);
    }

    public static MessageSerde<FeedbackLabel> feedbackLabel() {
        return new MessageSerde<>(
                "feedback_label",
                FeedbackLabel.getDefaultInstance(),
                FeedbackLabel.parser(),
                new FeedbackLabelValidator(),
                MAX_SMALL_MESSAGE_BYTES,
                FEW_FIELDS);
    }

    public static MessageSerde<StoredSums> storedSums() {
        return new MessageSerde<>(
                "stored_sums",
                StoredSums.getDefaultInstance(),
                StoredSums.parser(),
                new StoredSumsValidator(),
                MAX_STORED_SUMS_BYTES,
                FEW_FIELDS);
    }

    public static MessageSerde<StoredLifecycle> storedLifecycle() {
        return new MessageSerde<>(
                "stored_lifecycle",
                StoredLifecycle.getDefaultInstance(),
                StoredLifecycle.parser(),
                new StoredLifecycleValidator(),
                MAX_STORED_LIFECYCLE_BYTES,
                3 * FEW_FIELDS + LIMIT_FIELDS * PruneCommandValidator.MAX_LIMITS);
    }

    public static MessageSerde<StoredInput> storedInput() {
        return new MessageSerde<>(
                "stored_input",
                StoredInput.getDefaultInstance(),
                StoredInput.parser(),
                new StoredInputValidator(),
                MAX_SENSOR_EVENT_BYTES,
                FEW_FIELDS);
    }

    public static MessageSerde<DuePruning> duePruning() {
        return new MessageSerde<>(
                "due_pruning",
                DuePruning.getDefaultInstance(),
                DuePruning.parser(),
                new DuePruningValidator(),
                MAX_STORED_SUMS_BYTES + 3 * MAX_SMALL_MESSAGE_BYTES,
                2 * FEW_FIELDS + 3 * LIMIT_FIELDS * PruneCommandValidator.MAX_LIMITS);
    }

    public static MessageSerde<WaitingRecord> waitingRecord() {
        return new MessageSerde<>(
                "waiting_record",
                WaitingRecord.getDefaultInstance(),
                WaitingRecord.parser(),
                new WaitingRecordValidator(),
                MAX_SENSOR_EVENT_BYTES + 2 * MAX_SMALL_MESSAGE_BYTES,
                FEW_FIELDS + LIMIT_FIELDS * PruneCommandValidator.MAX_LIMITS);
    }

    public static UserModelKeySerde userModelKey() {
        return new UserModelKeySerde();
    }

    public static MaskChunkKeySerde maskChunkKey() {
        return new MaskChunkKeySerde();
    }

    /** Serde of keys that are the name of a user or device. */
    public static IdentifierSerde identifier() {
        return new IdentifierSerde();
    }
}
