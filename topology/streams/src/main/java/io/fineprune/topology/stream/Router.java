package io.fineprune.topology.stream;

import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Reads raw records of one topic, and sends those that cannot be used to the dead letters. */
abstract class Router implements Processor<byte[], byte[], byte[], Object> {
    private final DeadLetters deadLetters;
    private final String deadLettersSink;
    private final StreamListener listener;

    @SuppressWarnings("NullAway.Init")
    private ProcessorContext<byte[], Object> context;

    /** @param topic name of the topic whose records are read */
    Router(TopologySettings settings, TopicDescriptor<?, ?> topic, String deadLettersSink, StreamListener listener) {
        this.deadLetters = new DeadLetters(
                topic.name(), settings.topics().sensorEventsDeadLetters().maxMessageBytes());
        this.deadLettersSink = deadLettersSink;
        this.listener = listener;
    }

    @Override
    public final void init(ProcessorContext<byte[], Object> newContext) {
        context = newContext;
    }

    final ProcessorContext<byte[], Object> context() {
        return context;
    }

    final StreamListener listener() {
        return listener;
    }

    /** Position of the record that is being read. */
    final SourceOffset origin() {
        return SourceOffset.of(context.recordMetadata().orElseThrow());
    }

    final void refuse(Record<byte[], byte[]> record, Reason reason, String message) {
        listener.deadLetter(reason);
        context.forward(
                deadLetters.of(record.key(), record.value(), record.timestamp(), origin(), reason, message),
                deadLettersSink);
    }
}
