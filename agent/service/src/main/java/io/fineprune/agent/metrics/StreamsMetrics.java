package io.fineprune.agent.metrics;

import io.fineprune.topology.stream.Names;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.processor.StateRestoreListener;

/** What Micrometer's own binder leaves out: the state as text, restoring, and the size on disk. */
public final class StreamsMetrics implements StateRestoreListener {
    private static final List<String> STORES = List.of(
            Names.ACTIVATION_SUMS_STORE,
            Names.USER_LIFECYCLE_STORE,
            Names.USER_RESERVOIR_STORE,
            Names.DUE_PRUNINGS_STORE,
            Names.WAITING_RECORDS_STORE,
            Names.USER_UPDATES_STORE,
            Names.FLEET_LIFECYCLE_STORE,
            Names.FLEET_SWEEPS_STORE,
            Names.EVENT_BUFFER_STORE);

    private final AgentMetrics metrics;
    private final Map<String, Map<TopicPartition, Long>> remaining = new ConcurrentHashMap<>();
    private final Map<String, Counter> restored = new ConcurrentHashMap<>();
    private final Counter failures;

    /**
     * Registers.
     *
     * @param held how many partitions of users are held
     */
    public StreamsMetrics(
            AgentMetrics metrics, Supplier<KafkaStreams.State> state, Supplier<Integer> held, Path stateDirectory) {
        this.metrics = metrics;
        this.failures = metrics.counter(FleetMeter.THREAD_FAILURES);
        STORES.forEach(this::store);
        for (KafkaStreams.State one : KafkaStreams.State.values()) {
            metrics.gauge(
                    FleetMeter.STREAMS_STATE,
                    () -> state.get() == one ? 1 : 0,
                    one.name().toLowerCase(Locale.ROOT));
        }
        metrics.gauge(FleetMeter.PARTITIONS, held::get);
        metrics.gauge(FleetMeter.STATE_SIZE, () -> size(stateDirectory));
    }

    /** Registers whether the brokers answer. */
    public void brokers(BooleanSupplier answering) {
        metrics.gauge(FleetMeter.BROKERS_ANSWER, () -> answering.getAsBoolean() ? 1 : 0);
    }

    /** Counts a stream thread that died. */
    public void threadFailed() {
        failures.increment();
    }

    @Override
    public void onRestoreStart(TopicPartition partition, String store, long start, long end) {
        store(store).put(partition, Math.max(0, end - start));
    }

    @Override
    public void onBatchRestored(TopicPartition partition, String store, long end, long records) {
        store(store).computeIfPresent(partition, (key, left) -> Math.max(0, left - records));
        counter(store).increment((double) records);
    }

    @Override
    public void onRestoreEnd(TopicPartition partition, String store, long records) {
        store(store).remove(partition);
    }

    @Override
    public void onRestoreSuspended(TopicPartition partition, String store, long records) {
        store(store).remove(partition);
    }

    private Map<TopicPartition, Long> store(String store) {
        return remaining.computeIfAbsent(store, name -> {
            Map<TopicPartition, Long> left = new ConcurrentHashMap<>();
            metrics.gauge(
                    FleetMeter.RESTORE_REMAINING,
                    () -> left.values().stream().mapToLong(Long::longValue).sum(),
                    name);
            counter(name);
            return left;
        });
    }

    private Counter counter(String store) {
        return restored.computeIfAbsent(store, name -> metrics.counter(FleetMeter.RESTORED, name));
    }

    /** RocksDB deletes files while they are counted: what is gone counts nothing. */
    private static long size(Path directory) {
        Map<Path, Long> sizes = new HashMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            files.filter(Files::isRegularFile).forEach(file -> sizes.put(file, sizeOf(file)));
        } catch (IOException | UncheckedIOException e) {
            return sizes.values().stream().mapToLong(Long::longValue).sum();
        }
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
