package io.fineprune.agent.runtime;

import io.fineprune.agent.fleet.FleetFeed;
import io.fineprune.agent.fleet.FleetNews;
import io.fineprune.agent.fleet.FleetView;
import io.fineprune.agent.metrics.AgentMetrics;
import io.fineprune.agent.metrics.FleetMetrics;
import io.fineprune.agent.metrics.Health;
import io.fineprune.agent.metrics.StreamsMetrics;
import io.fineprune.agent.metrics.TopologyMetrics;
import io.fineprune.agent.query.QueryApi;
import io.fineprune.agent.query.StreamsPeers;
import io.fineprune.agent.query.StreamsStores;
import io.fineprune.agent.query.StreamsUsers;
import io.fineprune.topology.activation.SourceModel;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.stream.Names;
import io.fineprune.topology.stream.PruningTopology;
import io.fineprune.topology.stream.StreamsSettings;
import io.fineprune.topology.stream.TopologySettings;
import io.fineprune.topology.stream.Trust;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TaskMetadata;
import org.apache.kafka.streams.ThreadMetadata;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running Kafka Streams application. A stream thread that dies is replaced, a few times; then the agent gives up and
 * says so through its health.
 */
public final class FleetAgent implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(FleetAgent.class);
    private static final int MAX_REPLACEMENTS = 10;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(7);
    private static final long PRUNING_TIMEOUT_MILLIS = 2_000;

    private final KafkaStreams streams;
    private final AgentMetrics metrics = new AgentMetrics();
    private final StreamsMetrics streamsMetrics;
    private final FleetNews news;
    private final FleetView view;
    private final FleetFeed feed;
    private final QueryApi queries;
    private final BrokerWatch brokers;
    private volatile Set<Integer> lastHeld = Set.of();
    private final ExecutorService pruning = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "pruning");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicBoolean watched = new AtomicBoolean();
    private final AtomicInteger replacements = new AtomicInteger();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private FleetAgent(
            TopologySettings settings,
            Trust trust,
            StreamsSettings streamsSettings,
            Map<String, SourceModel> models,
            Map<String, LayerwiseModel> layerwise,
            Clock clock) {
        this.news = new FleetNews(settings.partitions());
        TopologyMetrics listener = new TopologyMetrics(metrics, news, clock, models.keySet());
        PruningTopology topology = new PruningTopology(settings, trust, models, layerwise, listener, clock, pruning);
        this.streams = new KafkaStreams(topology.get(), streamsSettings.properties(settings.topics()));
        this.view = new FleetView(new StreamsUsers(streams, this::held), news);
        this.streamsMetrics =
                new StreamsMetrics(metrics, streams::state, () -> held().size(), streamsSettings.stateDirectory());
        streams.setGlobalStateRestoreListener(streamsMetrics);
        streams.setStateListener((next, previous) -> {
            if (next == KafkaStreams.State.RUNNING) {
                watchOnce();
                running.countDown();
            } else if (next == KafkaStreams.State.NOT_RUNNING || next == KafkaStreams.State.ERROR) {
                ended.countDown();
            }
        });
        streams.setUncaughtExceptionHandler(this::onFailure);
        this.queries = new QueryApi(
                view,
                new StreamsStores(streams, settings.topics(), clients(streamsSettings)),
                new StreamsPeers(
                        streams,
                        view,
                        streamsSettings.overrides().getOrDefault(StreamsConfig.APPLICATION_SERVER_CONFIG, "")),
                models.values().stream().map(SourceModel::architecture).toList(),
                settings.defaults());
        this.brokers = BrokerWatch.start(admins(streamsSettings), clock);
        streamsMetrics.brokers(brokers::answering);
        this.feed = FleetFeed.start(
                settings.topics(),
                clients(streamsSettings),
                streamsSettings.applicationId() + "-fleet-feed",
                news,
                new FleetMetrics(metrics, view, clock, models.keySet()),
                this::held);
    }

    /** Client properties without those of Kafka Streams' own clients. */
    private static Map<String, String> clients(StreamsSettings settings) {
        return clients(settings, ConsumerConfig.configNames());
    }

    private static Map<String, String> admins(StreamsSettings settings) {
        return clients(settings, AdminClientConfig.configNames());
    }

    private static Map<String, String> clients(StreamsSettings settings, Set<String> names) {
        Map<String, String> kafka = new HashMap<>();
        settings.overrides().forEach((name, value) -> {
            if (names.contains(name) || name.startsWith("config.providers")) {
                kafka.put(name, value);
            }
        });
        kafka.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        return kafka;
    }

    /** Numbers of the partitions whose users this agent serves; during a rebalance those from before. */
    private Set<Integer> held() {
        KafkaStreams.State state = streams.state();
        if (state == KafkaStreams.State.REBALANCING) {
            return lastHeld;
        }
        Set<Integer> partitions = new HashSet<>();
        if (state == KafkaStreams.State.RUNNING) {
            for (ThreadMetadata thread : streams.metadataForLocalThreads()) {
                for (TaskMetadata task : thread.activeTasks()) {
                    if (task.topicPartitions().stream()
                            .anyMatch(
                                    partition -> partition.topic().endsWith(Names.COMMANDS_BY_USER + "-repartition"))) {
                        partitions.add(task.taskId().partition());
                    }
                }
            }
        }
        lastHeld = Set.copyOf(partitions);
        return lastHeld;
    }

    /** Not before it runs: what is there then is there at once, later meters within seconds. */
    private void watchOnce() {
        if (watched.compareAndSet(false, true)) {
            metrics.watch(streams);
        }
    }

    /**
     * Starts and returns at once.
     *
     * @param models by id; they must stay open until the agent is closed
     * @param layerwise the same for repairs, by id; likewise
     */
    public static FleetAgent start(
            TopologySettings settings,
            StreamsSettings streamsSettings,
            Map<String, SourceModel> models,
            Map<String, LayerwiseModel> layerwise,
            Clock clock) {
        return start(settings, Trust.NONE, streamsSettings, models, layerwise, clock);
    }

    /**
     * The same with what is signed.
     *
     * @param trust signs masks and says whose commands count
     */
    public static FleetAgent start(
            TopologySettings settings,
            Trust trust,
            StreamsSettings streamsSettings,
            Map<String, SourceModel> models,
            Map<String, LayerwiseModel> layerwise,
            Clock clock) {
        FleetAgent agent = new FleetAgent(settings, trust, streamsSettings, models, layerwise, clock);
        agent.streams.start();
        return agent;
    }

    /** Waits until the agent has its partitions and stores; returns false if that takes longer than the timeout. */
    public boolean awaitRunning(Duration timeout) throws InterruptedException {
        return running.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits until the agent has stopped, because it was closed or because it gave up. */
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Returns how many stream threads failed and were replaced. */
    public int failedThreads() {
        return replacements.get();
    }

    /** Tells whether the agent gave up: Kafka Streams is in its error state, or too many stream threads failed. */
    public boolean failed() {
        return streams.state() == KafkaStreams.State.ERROR || replacements.get() > MAX_REPLACEMENTS;
    }

    public AgentMetrics metrics() {
        return metrics;
    }

    /** Returns the view of the users whose partitions this agent holds. */
    public FleetView view() {
        return view;
    }

    /** Returns the interface that answers about all users, whichever agent holds them. */
    public QueryApi queries() {
        return queries;
    }

    /** Returns the Kafka Streams application, whose stores can be queried. */
    public KafkaStreams streams() {
        return streams;
    }

    /** Returns what liveness and readiness probes are told. */
    public Health health() {
        return new Health() {
            @Override
            public Status live() {
                KafkaStreams.State state = streams.state();
                return new Status(
                        state != KafkaStreams.State.ERROR && state != KafkaStreams.State.NOT_RUNNING, state.name());
            }

            @Override
            public Status ready() {
                KafkaStreams.State state = streams.state();
                return state == KafkaStreams.State.RUNNING && !brokers.answering()
                        ? new Status(false, brokers.detail())
                        : new Status(state == KafkaStreams.State.RUNNING, state.name());
            }
        };
    }

    /** Commits what is done and stops, within nine seconds. May be called again. */
    @Override
    public void close() {
        feed.close();
        brokers.close();
        if (!streams.close(CLOSE_TIMEOUT)) {
            LOGGER.warn("The streams application did not stop within {}", CLOSE_TIMEOUT);
        }
        endPruning();
        ended.countDown();
        metrics.close();
    }

    /** What runs uses the models, which are closed next. What is dropped is due still, and done after the next start. */
    private void endPruning() {
        pruning.shutdownNow();
        try {
            if (!pruning.awaitTermination(PRUNING_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
                LOGGER.warn("A pruning did not stop within {} ms", PRUNING_TIMEOUT_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private StreamThreadExceptionResponse onFailure(Throwable failure) {
        int failures = replacements.incrementAndGet();
        streamsMetrics.threadFailed();
        if (failures > MAX_REPLACEMENTS) {
            LOGGER.error("A stream thread failed for the {}th time; the agent gives up", failures, failure);
            ended.countDown();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        LOGGER.warn("A stream thread failed and is replaced ({} of {})", failures, MAX_REPLACEMENTS, failure);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
}
