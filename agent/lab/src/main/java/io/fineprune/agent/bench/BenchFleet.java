package io.fineprune.agent.bench;

import io.fineprune.agent.broker.BrokerProcess;
import io.fineprune.agent.broker.BrokerSettings;
import io.fineprune.agent.runtime.FleetTopics;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.schemas.topic.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** The model, broker and topics that every measurement over a broker needs. */
final class BenchFleet implements AutoCloseable {
    private static final int BATCH = 32;

    private final Path scratch;
    final BenchSource source;
    final TensorFlowModel model;
    final BrokerProcess broker;

    /** @param scratch a folder for everything */
    BenchFleet(Path scratch) throws IOException {
        this.scratch = scratch;
        this.source = BenchSource.unpack(scratch);
        this.model = source.open(BATCH);
        this.broker = BrokerProcess.start(BrokerSettings.in(brokerFolder()));
    }

    Map<String, String> kafka() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    /** Topics of their own for each prefix; the standard ones without one. */
    Topics topics(String prefix) {
        Topics topics = prefix.isEmpty() ? Topics.standard() : Topics.withPrefix(prefix + ".");
        try (FleetTopics admin = new FleetTopics(topics, kafka())) {
            admin.create(BenchAgent.PARTITIONS, 1);
        }
        return topics;
    }

    /** Starts a process of devices that send features. The caller closes it. */
    LoadProcess load() throws Exception {
        Path payloads = BenchSource.write(scratch.resolve("payloads"), source.features(model));
        return new LoadProcess(broker.bootstrapServers(), model.architecture().modelId(), payloads);
    }

    Path folder(String name) {
        return scratch.resolve(name);
    }

    /** Measures the changelogs of an application in the broker's directory, in bytes. */
    long changelogBytes(String application) {
        try (Stream<Path> topics = Files.list(brokerFolder().resolve("logs"))) {
            return topics.filter(topic -> topic.getFileName().toString().startsWith(application + "-")
                            && topic.getFileName().toString().contains("-changelog-"))
                    .mapToLong(BenchFleet::bytes)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sums the sizes of all files in a folder, in bytes; files deleted meanwhile are ignored. */
    static long bytes(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(BenchFleet::size).sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    private static long size(Path file) {
        try {
            return Files.isRegularFile(file)
                            && !file.toString().endsWith(".index")
                            && !file.toString().endsWith(".timeindex")
                    ? Files.size(file)
                    : 0;
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path brokerFolder() {
        return scratch.resolve("broker");
    }

    @Override
    public void close() {
        broker.close();
        model.close();
    }
}
