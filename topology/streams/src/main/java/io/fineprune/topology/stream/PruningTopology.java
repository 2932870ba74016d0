package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.SourceModel;
import io.fineprune.topology.repair.LayerwiseModel;
import java.time.Clock;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * The Kafka Streams application: from sensor events and commands to masks, reports and dead letters.
 *
 * <pre>
 * sensor-events -> event-router -> events-here ------------------------------+
 *                      |    +----> events-elsewhere -> [events-by-user] -----+-> user-pruning -> pruning-masks
 *                      |                                                     |     |    +------> pruning-reports
 *                                                                            |     |    +------> pruning-mask-chunks
 * pruning-commands -> command-router -> [commands-by-user, all partitions] --+     |
 *                      +---------------> sensor-events-dead-letters <--------------+
 * mask-acknowledgements -> acknowledgement-router -> [failures-by-user] -> user-pruning
 * </pre>
 *
 * <p>Every state lies in the partition that Kafka's default partitioner gives the user. A command for all users is written to
 * every partition of the internal topic in the transaction that commits its offset, so every partition gets it exactly once.
 */
public final class PruningTopology implements Supplier<Topology> {
    private static final Serde<byte[]> BYTES = Serdes.ByteArray();

    private final TopologySettings settings;
    private final Models models;
    private final Trust trust;
    private final StreamListener listener;
    private final Clock clock;
    private final Executor executor;

    /**
     * Computes the models' weight norms; the topology itself is only built by {@link #get}.
     *
     * @param models by id; they must stay open until the streams are closed
     * @param layerwise the same models for repairs, by id; nobody else may use them meanwhile. A model without one is pruned
     *     plainly
     * @param executor computes prunings, seconds each, beside the stream threads. It must have ended before the models are
     *     closed. One that computes at once, in the stream thread, gives the same masks
     * @throws IllegalArgumentException if there is no model, or one is too large for its sums to be stored
     */
    public PruningTopology(
            TopologySettings settings,
            Map<String, SourceModel> models,
            Map<String, LayerwiseModel> layerwise,
            StreamListener listener,
            Clock clock,
            Executor executor) {
        this(settings, Trust.NONE, models, layerwise, listener, clock, executor);
    }

    /**
     * Creates a topology that also signs masks and checks commands.
     *
     * @param trust signs masks and says whose commands count
     */
    public PruningTopology(
            TopologySettings settings,
            Trust trust,
            Map<String, SourceModel> models,
            Map<String, LayerwiseModel> layerwise,
            StreamListener listener,
            Clock clock,
            Executor executor) {
        if (models.isEmpty()) {
            throw new IllegalArgumentException("Expected at least one source model, but there is none");
        }
        models.values().forEach(model -> requireStorable(model.architecture()));
        this.settings = settings;
        this.trust = trust;
        this.models = new Models(models, layerwise);
        this.listener = listener;
        this.clock = clock;
        this.executor = executor;
    }

    @Override
    public Topology get() {
        StreamsBuilder builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(naming())));
        KStream<byte[], UserRecord> input = events(builder)
                .merge(
                        commands(builder).merge(failures(builder), Named.as(Names.COMMANDS_AND_FAILURES)),
                        Named.as(Names.USER_INPUT));
        ThreadLocal<ForwardPool> pools = ThreadLocal.withInitial(ForwardPool::new);
        ProcessorSupplier<byte[], UserRecord, byte[], byte[]> users = new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], UserRecord, byte[], byte[]> get() {
                return new UserProcessor(
                        new UserTask.Shared(settings, trust, models, pools, listener, clock, executor));
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return TaskStores.all();
            }
        };
        input.process(users, Named.as(Names.USER_PRUNING));
        return sinks(builder.build());
    }

    private KStream<byte[], UserRecord> events(StreamsBuilder builder) {
        KStream<byte[], Object> routed = source(
                        builder, settings.topics().sensorEvents().name(), Names.SENSOR_EVENTS_SOURCE)
                .process(() -> new EventRouter(settings, models.ids(), listener), Named.as(Names.EVENT_ROUTER));
        KStream<byte[], UserRecord> arrived = routed.mapValues(
                        UserRecord.Event.class::cast, Named.as(Names.EVENTS_ELSEWHERE))
                .repartition(Repartitioned.with(BYTES, UserRecord.Event.serde())
                        .withName(Names.EVENTS_BY_USER)
                        .withNumberOfPartitions(settings.partitions())
                        .withStreamPartitioner(UserPartitions.events()))
                .mapValues(UserRecord.class::cast, Named.as(Names.EVENTS_ARRIVED));
        return settings.routing() == Routing.REPARTITION
                ? arrived
                : routed.mapValues(UserRecord.class::cast, Named.as(Names.EVENTS_HERE))
                        .merge(arrived, Named.as(Names.EVENTS_MERGED));
    }

    private KStream<byte[], UserRecord> commands(StreamsBuilder builder) {
        return source(builder, settings.topics().pruningCommands().name(), Names.PRUNING_COMMANDS_SOURCE)
                .process(
                        () -> new CommandRouter(
                                settings, new CommandGate(trust.commands(), clock), models.labels(), listener, clock),
                        Named.as(Names.COMMAND_ROUTER))
                .mapValues(PruneCommand.class::cast, Named.as(Names.COMMANDS_ACCEPTED))
                .repartition(Repartitioned.with(BYTES, MessageSerdes.pruneCommand())
                        .withName(Names.COMMANDS_BY_USER)
                        .withNumberOfPartitions(settings.partitions())
                        .withStreamPartitioner(UserPartitions.commands()))
                .mapValues(command -> (UserRecord) new UserRecord.Command(command), Named.as(Names.COMMANDS_ARRIVED));
    }

    /** Repartitions device failures by user. Only reports of failed updates are sent, so the topic stays small. */
    private KStream<byte[], UserRecord> failures(StreamsBuilder builder) {
        return source(builder, settings.topics().maskAcknowledgements().name(), Names.MASK_ACKNOWLEDGEMENTS_SOURCE)
                .process(
                        () -> new AcknowledgementRouter(models.ids(), listener), Named.as(Names.ACKNOWLEDGEMENT_ROUTER))
                .repartition(Repartitioned.with(BYTES, MessageSerdes.maskAcknowledgement())
                        .withName(Names.FAILURES_BY_USER)
                        .withNumberOfPartitions(settings.partitions())
                        .withStreamPartitioner(UserPartitions.failures()))
                .mapValues(answer -> (UserRecord) new UserRecord.Failure(answer), Named.as(Names.FAILURES_ARRIVED));
    }

    private static KStream<byte[], byte[]> source(StreamsBuilder builder, String topic, String name) {
        return builder.stream(
                topic,
                Consumed.with(BYTES, BYTES)
                        .withTimestampExtractor(PruningTopology::timeOf)
                        .withName(name));
    }

    private Topology sinks(Topology topology) {
        Topics topics = settings.topics();
        String deadLetters = topics.sensorEventsDeadLetters().name();
        sink(topology, Names.EVENT_DEAD_LETTERS_SINK, deadLetters, Names.EVENT_ROUTER);
        sink(topology, Names.COMMAND_DEAD_LETTERS_SINK, deadLetters, Names.COMMAND_ROUTER);
        sink(topology, Names.COMMAND_REPORTS_SINK, topics.pruningReports().name(), Names.COMMAND_ROUTER);
        sink(topology, Names.USER_DEAD_LETTERS_SINK, deadLetters, Names.USER_PRUNING);
        sink(topology, Names.PRUNING_MASKS_SINK, topics.pruningMasks().name(), Names.USER_PRUNING);
        topology.addSink(
                Names.PRUNING_MASK_CHUNKS_SINK,
                topics.pruningMaskChunks().name(),
                new ByteArraySerializer(),
                new ByteArraySerializer(),
                UserPartitions.chunks(),
                Names.USER_PRUNING);
        sink(topology, Names.PRUNING_REPORTS_SINK, topics.pruningReports().name(), Names.USER_PRUNING);
        return topology;
    }

    private static void sink(Topology topology, String name, String topic, String parent) {
        topology.addSink(name, topic, new ByteArraySerializer(), new ByteArraySerializer(), parent);
    }

    private static Properties naming() {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "naming");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
        properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        return properties;
    }

    private static void requireStorable(Architecture architecture) {
        long bytes = 3L * Double.BYTES * architecture.taps() + (long) Double.BYTES * architecture.classes() + 1024;
        if (bytes > MessageSerdes.MAX_STORED_SUMS_BYTES) {
            throw new IllegalArgumentException(
                    "Expected sums of at most %d bytes per user, but model %s with %d taps needs %d"
                            .formatted(
                                    MessageSerdes.MAX_STORED_SUMS_BYTES,
                                    architecture.modelId(),
                                    architecture.taps(),
                                    bytes));
        }
    }

    /** The record's own timestamp, or the partition's time where there is none: a record without one must not stop a thread. */
    private static long timeOf(ConsumerRecord<Object, Object> record, long partitionTime) {
        return record.timestamp() >= 0 ? record.timestamp() : Math.max(0, partitionTime);
    }
}
