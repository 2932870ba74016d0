package io.fineprune.agent.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.streams.KafkaStreams;

/** The registry behind {@code /metrics}: the JVM's meters, Kafka's and the agent's own. Safe for use by several threads. */
public final class AgentMetrics implements AutoCloseable {
    private static final double[] SHARES = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
    private static final double[] DISTANCES = {0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4, 6, 8, 16};
    /** How soon meters of new threads, tasks and clients appear. */
    private static final Duration REFRESH = Duration.ofSeconds(10);

    private static final double[] BATCHES = {1, 2, 4, 8, 16, 32, 64, 128};

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<AutoCloseable> binders = new ArrayList<>();
    private final ScheduledExecutorService refresher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "kafka-metrics");
        thread.setDaemon(true);
        return thread;
    });

    /** Creates a registry and binds the JVM's memory, GC, thread and class-loading meters. */
    public AgentMetrics() {
        List<MeterBinder> jvm = List.of(
                new JvmMemoryMetrics(),
                new JvmGcMetrics(),
                new JvmThreadMetrics(),
                new ClassLoaderMetrics(),
                new ProcessorMetrics(),
                new FileDescriptorMetrics(),
                new UptimeMetrics());
        jvm.forEach(this::bind);
    }

    /** Adds what Kafka Streams and its clients measure. */
    public void watch(KafkaStreams streams) {
        bind(new KafkaStreamsMetrics(streams, Tags.empty(), refresher, REFRESH));
    }

    /** Returns all metrics in Prometheus' text format. */
    public String scrape() {
        return registry.scrape();
    }

    /** Returns a counter's value, summed over all values of the tags that are not given. */
    public double count(FleetMeter meter, String tag, String value) {
        return registry.find(meter.meterName()).tag(tag, value).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /** From an event's timestamp until it was folded, mean of a model's events; 0 before the first. */
    public double meanLatencyMillis(String modelId) {
        Timer timer = registry.find(FleetMeter.EVENT_LATENCY.meterName())
                .tag("model", modelId)
                .timer();
        return timer == null ? 0 : timer.mean(TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        for (AutoCloseable binder : binders) {
            try {
                binder.close();
            } catch (Exception e) {
                throw new IllegalStateException("Could not stop measuring", e);
            }
        }
        refresher.shutdownNow();
        registry.close();
    }

    void gauge(FleetMeter meter, Supplier<Number> value, String... tags) {
        Gauge.builder(meter.meterName(), value)
                .description(meter.description())
                .baseUnit(meter.unit())
                .tags(tags(meter, tags))
                .register(registry);
    }

    Counter counter(FleetMeter meter, String... tags) {
        return Counter.builder(meter.meterName())
                .description(meter.description())
                .baseUnit(meter.unit())
                .tags(tags(meter, tags))
                .register(registry);
    }

    Timer timer(FleetMeter meter, Duration shortest, Duration longest, String... tags) {
        return histogram(meter, shortest, longest, tags).register(registry);
    }

    /** From 10 ms to 10 minutes, with a bucket at 10 s, on which alerts rest. */
    Timer latency(FleetMeter meter, String... tags) {
        return histogram(meter, Duration.ofMillis(10), Duration.ofMinutes(10), tags)
                .serviceLevelObjectives(Duration.ofSeconds(10))
                .register(registry);
    }

    private static Timer.Builder histogram(FleetMeter meter, Duration shortest, Duration longest, String... tags) {
        return Timer.builder(meter.meterName())
                .description(meter.description())
                .tags(tags(meter, tags))
                .publishPercentileHistogram()
                .minimumExpectedValue(shortest)
                .maximumExpectedValue(longest);
    }

    DistributionSummary shares(FleetMeter meter, String... tags) {
        return summary(meter, SHARES, tags);
    }

    DistributionSummary distances(FleetMeter meter, String... tags) {
        return summary(meter, DISTANCES, tags);
    }

    DistributionSummary batches(FleetMeter meter, String... tags) {
        return summary(meter, BATCHES, tags);
    }

    DistributionSummary bytes(FleetMeter meter, String... tags) {
        return summary(
                meter, new double[] {128, 512, 2048, 8192, 32_768, 131_072, 524_288, 2_097_152, 8_388_608}, tags);
    }

    private DistributionSummary summary(FleetMeter meter, double[] buckets, String... tags) {
        return DistributionSummary.builder(meter.meterName())
                .description(meter.description())
                .baseUnit(meter.unit())
                .tags(tags(meter, tags))
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    private void bind(MeterBinder binder) {
        binder.bindTo(registry);
        if (binder instanceof AutoCloseable closeable) {
            binders.add(closeable);
        }
    }

    private static Tags tags(FleetMeter meter, String... values) {
        if (values.length != meter.tags().size()) {
            throw new IllegalArgumentException("Expected values of %s for %s, but was %d"
                    .formatted(meter.tags(), meter.meterName(), values.length));
        }
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            tags.add(Tag.of(meter.tags().get(i), values[i]));
        }
        return Tags.of(tags);
    }
}
