package io.fineprune.agent.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the brokers every few seconds whether they answer. Kafka Streams itself waits for them in silence, as long as they take. Says
 * once when they stop, once a minute while they are silent, and once when they are back. Safe for use by several threads.
 */
public final class BrokerWatch implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(BrokerWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(3);
    private static final int PATIENCE_MILLIS = 2_500;
    private static final Duration LINE_EVERY = Duration.ofMinutes(1);

    private final Admin admin;
    private final String servers;
    private final InstantSource clock;
    private final ScheduledExecutorService asking = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "broker-watch");
        thread.setDaemon(true);
        return thread;
    });
    private volatile State state = new State(true, Instant.MAX, Instant.MIN);

    /**
     * What was found last.
     *
     * @param since when they fell silent; of no meaning while they answer
     * @param said when the last line about their silence was written
     */
    private record State(boolean answering, Instant since, Instant said) {}

    private BrokerWatch(Map<String, String> kafka, InstantSource clock) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        this.admin = Admin.create(properties);
        this.servers = kafka.getOrDefault(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "");
        this.clock = clock;
    }

    /**
     * Begins to ask; until the first answer they count as answering.
     *
     * @param kafka client properties, {@code bootstrap.servers} among them
     */
    public static BrokerWatch start(Map<String, String> kafka, InstantSource clock) {
        BrokerWatch watch = new BrokerWatch(kafka, clock);
        var unused = watch.asking.scheduleWithFixedDelay(watch::ask, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
        return watch;
    }

    /** Tells whether the brokers answered when they were asked last. */
    public boolean answering() {
        return state.answering();
    }

    /** Returns one line that says whether the brokers answer, and if not since when. */
    public String detail() {
        State now = state;
        return now.answering()
                ? "The brokers at %s answer".formatted(servers)
                : "The brokers at %s have not answered since %s"
                        .formatted(servers, now.since().truncatedTo(ChronoUnit.SECONDS));
    }

    @Override
    public void close() {
        asking.shutdownNow();
        admin.close(Duration.ofSeconds(1));
    }

    private void ask() {
        try {
            boolean answered = !admin.describeCluster()
                    .nodes()
                    .get(2L * PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                    .isEmpty();
            found(answered);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            LOGGER.debug("The brokers at {} do not answer", servers, e);
            found(false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void found(boolean answering) {
        State before = state;
        Instant now = clock.instant();
        if (answering) {
            if (!before.answering()) {
                LOGGER.info(
                        "The brokers at {} answer again, after {} s",
                        servers,
                        Duration.between(before.since(), now).toSeconds());
            }
            state = new State(true, Instant.MAX, Instant.MIN);
            return;
        }
        Instant since = before.answering() ? now : before.since();
        boolean say = before.answering() || !now.isBefore(before.said().plus(LINE_EVERY));
        state = new State(false, since, say ? now : before.said());
        if (say) {
            LOGGER.warn("{}; events wait in Kafka, and the agent goes on by itself when they are back", detail());
        }
    }
}
