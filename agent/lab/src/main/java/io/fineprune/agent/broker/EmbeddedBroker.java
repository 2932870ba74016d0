package io.fineprune.agent.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A KRaft broker and controller in this JVM, reachable at 127.0.0.1 without authentication. Safe for use by several
 * threads.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final int NODE = 1;
    private static final int ATTEMPTS = 5;

    private final KafkaRaftServer server;
    private final int port;
    private final Path directory;
    private final boolean deleteAtEnd;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedBroker(KafkaRaftServer server, int port, Path directory, boolean deleteAtEnd) {
        this.server = server;
        this.port = port;
        this.directory = directory;
        this.deleteAtEnd = deleteAtEnd;
    }

    /**
     * Formats the directory if it is new and returns when the broker takes requests.
     *
     * @throws BrokerException if it does not start, on any of several free ports where none was asked for
     */
    public static EmbeddedBroker start(BrokerSettings settings) {
        Path directory = settings.directory().orElseGet(Directories::temporary);
        List<Exception> failures = new ArrayList<>();
        for (int attempt = 0; attempt < (settings.port() == 0 ? ATTEMPTS : 2); attempt++) {
            try {
                List<Integer> free = freePorts();
                int port = settings.port() == 0 ? free.get(0) : settings.port();
                return new EmbeddedBroker(
                        startServer(directory, port, free.get(1), settings.properties()),
                        port,
                        directory,
                        settings.deleteAtEnd());
            } catch (Exception e) {
                failures.add(e);
            }
        }
        if (settings.deleteAtEnd()) {
            Directories.delete(directory);
        }
        BrokerException failure = new BrokerException(
                "Could not start a broker in %s on port %s: %s. Is the port taken, or the directory used by another broker?"
                        .formatted(
                                directory,
                                settings.port() == 0 ? "(any)" : settings.port(),
                                failures.get(0).getMessage()),
                failures.get(0));
        failures.stream().skip(1).forEach(failure::addSuppressed);
        throw failure;
    }

    /** Host and port for {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** Waits until the broker has stopped, whoever closed it. */
    public void awaitShutdown() {
        server.awaitShutdown();
    }

    /** Shuts the broker down cleanly and deletes a temporary directory. May be called again. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            server.shutdown();
            server.awaitShutdown();
            if (deleteAtEnd) {
                Directories.delete(directory);
            }
        }
    }

    /** Formats with the given {@code node.id} and {@code cluster.id}, where there are any: brokers of one cluster share them. */
    private static KafkaRaftServer startServer(Path directory, int port, int controllerPort, Map<String, String> own)
            throws Exception {
        Path logs = directory.resolve("logs");
        if (!Files.exists(logs.resolve("meta.properties"))) {
            Files.createDirectories(logs);
            try (PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
                new Formatter()
                        .setPrintStream(silent)
                        .setNodeId(Integer.parseInt(own.getOrDefault("node.id", Integer.toString(NODE))))
                        .setClusterId(
                                own.getOrDefault("cluster.id", Uuid.randomUuid().toString()))
                        .setReleaseVersion(MetadataVersion.latestProduction())
                        .setControllerListenerName("CONTROLLER")
                        .setMetadataLogDirectory(logs.toString())
                        .addDirectory(logs.toString())
                        .run();
            }
        }
        KafkaRaftServer server =
                new KafkaRaftServer(new KafkaConfig(properties(logs, port, controllerPort, own), false), Time.SYSTEM);
        try {
            server.startup();
            return server;
        } catch (Throwable e) {
            server.shutdown();
            throw e;
        }
    }

    private static Map<String, String> properties(
            Path logs, int port, int controllerPort, Map<String, String> overrides) {
        Map<String, String> properties = new HashMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(NODE));
        properties.put("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put(
                "listeners", "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort));
        properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("log.dirs", logs.toString());
        properties.put("auto.create.topics.enable", "false");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("transaction.state.log.num.partitions", "4");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("share.coordinator.state.topic.num.partitions", "1");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
        properties.put("log.cleaner.io.buffer.size", Integer.toString(64 << 10));
        properties.put("broker.session.timeout.ms", "6000");
        properties.put("broker.heartbeat.interval.ms", "1000");
        properties.put("num.network.threads", "2");
        properties.put("num.io.threads", "4");
        properties.put("background.threads", "2");
        properties.putAll(overrides);
        properties.remove("cluster.id");
        return properties;
    }

    /** Finds two free ports. Another process may still take one before the broker does, so the start is retried. */
    private static List<Integer> freePorts() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket first = new ServerSocket(0, 1, loopback);
                ServerSocket second = new ServerSocket(0, 1, loopback)) {
            return List.of(first.getLocalPort(), second.getLocalPort());
        }
    }
}
