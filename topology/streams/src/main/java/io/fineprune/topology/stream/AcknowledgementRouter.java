package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.Acknowledgements;
import io.fineprune.schemas.serde.MalformedMessageException;
import io.fineprune.schemas.serde.MessageSerde;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.topology.lifecycle.DeviceFailures.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Reads devices' acknowledgements and passes on to their user those that report a failed update. One that is
 * malformed, of a model that is not run here, or under another user's key is only counted.
 */
final class AcknowledgementRouter implements Processor<byte[], byte[], byte[], MaskAcknowledgement> {
    private final Set<String> models;
    private final StreamListener listener;
    private final MessageSerde<MaskAcknowledgement> serde = MessageSerdes.maskAcknowledgement();

    @SuppressWarnings("NullAway.Init")
    private ProcessorContext<byte[], MaskAcknowledgement> context;

    AcknowledgementRouter(Set<String> models, StreamListener listener) {
        this.models = models;
        this.listener = listener;
    }

    @Override
    public void init(ProcessorContext<byte[], MaskAcknowledgement> newContext) {
        context = newContext;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        byte @Nullable [] value = record.value();
        MaskAcknowledgement answer;
        try {
            answer = serde.fromBytes(value == null ? new byte[0] : value);
        } catch (MalformedMessageException e) {
            listener.deviceFailure(Outcome.MALFORMED);
            return;
        }
        if (!Acknowledgements.saysUpdateFails(answer)) {
            return;
        }
        byte[] user = answer.getUserId().getBytes(StandardCharsets.UTF_8);
        if (!models.contains(answer.getModelId()) || !Arrays.equals(user, record.key())) {
            listener.deviceFailure(Outcome.FOREIGN);
            return;
        }
        context.forward(new Record<>(user, answer, record.timestamp()));
    }
}
