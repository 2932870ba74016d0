package io.fineprune.agent.bench;

import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.SourceModel;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.sums.SumsAccumulator;
import io.fineprune.topology.sums.SumsReading;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The pattern that examples of models in Kafka Streams show: {@code mapValues} runs the model on one event at a time and an
 * aggregation keeps the state. It does the same work, sums per user under exactly-once, and lacks dead letters, budgets,
 * commands and masks.
 */
final class OneAtATime {
    private final String name;
    private final SourceModel model;
    private final Model pass;
    private final AtomicLong counted = new AtomicLong();

    /** The forward pass of one event. */
    interface Model {
        ActivationBatch evaluate(List<ModelInput> inputs) throws UnusableEventException;
    }

    /**
     * Prepares the application; {@link #start} starts it.
     *
     * @param name of the application
     * @param model with a batch of one
     * @param pass how it is run
     */
    OneAtATime(String name, SourceModel model, Model pass) {
        this.name = name;
        this.model = model;
        this.pass = pass;
    }

    long counted() {
        return counted.get();
    }

    private record Pass(long capturedAtMillis, ActivationBatch activations) {}

    /** Starts the application. The caller closes it. */
    KafkaStreams start(String bootstrapServers, String topic, Path stateDirectory) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(topic, Consumed.with(Serdes.String(), MessageSerdes.sensorEvent()))
                .mapValues(this::pass)
                .groupByKey(Grouped.keySerde(Serdes.String()))
                .aggregate(
                        StoredSums::getDefaultInstance,
                        (user, pass, sums) -> add(pass, sums),
                        Materialized.<String, StoredSums, KeyValueStore<Bytes, byte[]>>as("sums")
                                .withKeySerde(Serdes.String())
                                .withValueSerde(MessageSerdes.storedSums()));
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, name);
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        KafkaStreams streams = new KafkaStreams(builder.build(), properties);
        streams.start();
        return streams;
    }

    private Pass pass(SensorEvent event) {
        try {
            return new Pass(event.getCapturedAtMillis(), pass.evaluate(List.of(model.prepare(event))));
        } catch (UnusableEventException e) {
            throw new IllegalStateException("Expected events that the model takes, but: " + e.getMessage(), e);
        }
    }

    private StoredSums add(Pass pass, StoredSums before) {
        SumsAccumulator sums = before.getModelFingerprint().isEmpty()
                ? SumsAccumulator.empty(model.architecture())
                : ((SumsReading.Usable) SumsAccumulator.read(before, model.architecture())).sums();
        sums.add(pass.activations(), 0, pass.capturedAtMillis());
        counted.incrementAndGet();
        return sums.toStored();
    }
}
