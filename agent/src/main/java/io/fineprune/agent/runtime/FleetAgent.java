package io.fineprune.agent.runtime;

import io.fineprune.agent.metrics.AgentMetrics;
import io.fineprune.agent.metrics.Health;
import io.fineprune.agent.metrics.TopologyMetrics;
import io.fineprune.topology.activation.SourceModel;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.stream.PruningTopology;
import io.fineprune.topology.stream.StreamsSettings;
import io.fineprune.topology.stream.TopologySettings;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.streams.KafkaStreams;
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
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(8);

    private final KafkaStreams streams;
    private final AgentMetrics metrics = new AgentMetrics();
    private final AtomicInteger replacements = new AtomicInteger();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private FleetAgent(
            TopologySettings settings,
            StreamsSettings streamsSettings,
            Map<String, SourceModel> models,
            Map<String, LayerwiseModel> layerwise,
            Clock clock) {
        TopologyMetrics listener = new TopologyMetrics(metrics, models.keySet());
        PruningTopology topology = new PruningTopology(settings, models, layerwise, listener, clock);
        this.streams = new KafkaStreams(topology.get(), streamsSettings.properties(settings.topics()));
        this.metrics.watch(streams);
        streams.setStateListener((next, previous) -> {
            if (next == KafkaStreams.State.RUNNING) {
                running.countDown();
            } else if (next == KafkaStreams.State.NOT_RUNNING || next == KafkaStreams.State.ERROR) {
                ended.countDown();
            }
        });
        streams.setUncaughtExceptionHandler(this::onFailure);
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
        FleetAgent agent = new FleetAgent(settings, streamsSettings, models, layerwise, clock);
        agent.streams.start();
        return agent;
    }

    /** Whether it has its partitions and its stores within the time. */
    public boolean awaitRunning(Duration timeout) throws InterruptedException {
        return running.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Returns when it has stopped, closed by somebody or given up. */
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Stream threads that failed and were replaced. */
    public int failedThreads() {
        return replacements.get();
    }

    /** Whether it gave up. */
    public boolean failed() {
        return streams.state() == KafkaStreams.State.ERROR || replacements.get() > MAX_REPLACEMENTS;
    }

    public AgentMetrics metrics() {
        return metrics;
    }

    /** The application itself, to query its stores. */
    public KafkaStreams streams() {
        return streams;
    }

    /** What probes are told. */
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
                return new Status(state == KafkaStreams.State.RUNNING, state.name());
            }
        };
    }

    /** Commits what is done and stops, within eight seconds. May be called again. */
    @Override
    public void close() {
        if (!streams.close(CLOSE_TIMEOUT)) {
            LOGGER.warn("The streams application did not stop within {}", CLOSE_TIMEOUT);
        }
        ended.countDown();
        metrics.close();
    }

    private StreamThreadExceptionResponse onFailure(Throwable failure) {
        int failures = replacements.incrementAndGet();
        if (failures > MAX_REPLACEMENTS) {
            LOGGER.error("A stream thread failed for the {}th time; the agent gives up", failures, failure);
            ended.countDown();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        LOGGER.warn("A stream thread failed and is replaced ({} of {})", failures, MAX_REPLACEMENTS, failure);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
}
