package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MaskChunkKey;
import io.fineprune.schemas.serde.MaskChunks;
import io.fineprune.schemas.serde.MaskParcel;
import io.fineprune.schemas.serde.MessageSerde;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.signature.SignedRecord;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.lifecycle.MaskUpdates;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Serialises, signs and forwards the task's results. Serialising here tells a size before anything is forwarded.
 * Requests a commit with every report, and so with every mask, since consumers only see committed records.
 */
final class Outputs {
    private final ProcessorContext<byte[], byte[]> context;
    private final DeadLetters deadLetters;
    private final String maskTopic;
    private final String chunkTopic;
    private final int messageBytes;
    private final Trust trust;
    private final StreamListener listener;
    private final MessageSerde<PruningReport> reports = MessageSerdes.pruningReport();

    Outputs(ProcessorContext<byte[], byte[]> context, TopologySettings settings, Trust trust, StreamListener listener) {
        this.trust = trust;
        this.context = context;
        this.listener = listener;
        this.maskTopic = settings.topics().pruningMasks().name();
        this.chunkTopic = settings.topics().pruningMaskChunks().name();
        this.messageBytes = settings.upkeep().messageBytes();
        this.deadLetters = new DeadLetters(
                settings.topics().sensorEvents().name(),
                settings.topics().sensorEventsDeadLetters().maxMessageBytes());
    }

    /**
     * Serialises an update, cut into chunks if it is larger than a message.
     *
     * @param timestamp of the record that led to it, from which its lifetime counts
     * @throws io.fineprune.schemas.serde.MalformedMessageException if it is too large
     */
    MaskParcel encode(MaskUpdate update, long timestamp) {
        return MaskChunks.pack(
                trust.maskLifetime()
                        .map(lifetime -> MaskUpdates.expiring(update, timestamp + lifetime.toMillis()))
                        .orElse(update),
                messageBytes);
    }

    /**
     * Signs and sends what {@link #encode} gave, its chunks first.
     *
     * @param chunksBefore number of chunks of the version that was in force; those beyond the new ones are erased
     */
    void mask(UserModelKey key, MaskParcel update, int chunksBefore, long timestamp) {
        for (int i = 0; i < update.chunks().size(); i++) {
            chunk(key, i, update.chunks().get(i).toByteArray(), timestamp);
        }
        noChunks(key, update.chunks().size(), chunksBefore, timestamp);
        byte[] keyBytes = MessageSerdes.userModelKey().serializer().serialize(maskTopic, key);
        byte[] value = update.record().toByteArray();
        Record<byte[], byte[]> record = new Record<>(keyBytes, value, timestamp);
        trust.masks()
                .sign(SignedRecord.MASK, keyBytes, value)
                .ifPresent(signature -> signature.addTo(record.headers()));
        context.forward(record, Names.PRUNING_MASKS_SINK);
    }

    /**
     * Erases the user's mask from the compacted topics.
     *
     * @param chunks number of chunks of the version in force
     */
    @SuppressWarnings("NullAway") // a record without value is a tombstone
    void noMask(UserModelKey key, int chunks, long timestamp) {
        noChunks(key, 0, chunks, timestamp);
        byte[] keyBytes = MessageSerdes.userModelKey().serializer().serialize(maskTopic, key);
        context.forward(new Record<>(keyBytes, null, timestamp), Names.PRUNING_MASKS_SINK);
    }

    private void noChunks(UserModelKey key, int from, int to, long timestamp) {
        for (int i = from; i < to; i++) {
            chunk(key, i, null, timestamp);
        }
    }

    @SuppressWarnings("NullAway") // a record without value erases the chunk
    private void chunk(UserModelKey key, int index, byte @Nullable [] value, long timestamp) {
        byte[] keyBytes = MessageSerdes.maskChunkKey().serializer().serialize(chunkTopic, new MaskChunkKey(key, index));
        context.forward(new Record<>(keyBytes, value, timestamp), Names.PRUNING_MASK_CHUNKS_SINK);
    }

    void report(PruningReport report, long timestamp) {
        byte[] user = report.getUserId().getBytes(StandardCharsets.UTF_8);
        context.forward(new Record<>(user, reports.toBytes(report), timestamp), Names.PRUNING_REPORTS_SINK);
        context.commit();
    }

    void deadLetter(byte[] key, byte[] value, long timestamp, SourceOffset origin, UnusableEventException why) {
        listener.event(StreamListener.EventOutcome.DEAD_LETTER);
        listener.deadLetter(why.reason());
        context.forward(
                deadLetters.of(key, value, timestamp, origin, why.reason(), String.valueOf(why.getMessage())),
                Names.USER_DEAD_LETTERS_SINK);
    }
}
