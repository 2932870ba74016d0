package io.fineprune.agent.chaos;

import io.fineprune.agent.broker.BrokerProcess;
import io.fineprune.agent.broker.BrokerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Brokers in child JVMs. */
final class ProcessCluster implements Cluster {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

    private final ClusterSettings settings = new ClusterSettings();
    private final Path directory;
    private final Map<Integer, BrokerProcess> brokers = new ConcurrentHashMap<>();

    ProcessCluster(Path directory) throws IOException {
        this.directory = directory;
        Map<Integer, CompletableFuture<Void>> starting = new HashMap<>();
        for (int node = 1; node <= NODES; node++) { // together: each waits for a quorum
            int number = node;
            starting.put(node, CompletableFuture.runAsync(() -> start(number), task -> {
                Thread thread = new Thread(task, "broker-start-" + number);
                thread.setDaemon(true);
                thread.start();
            }));
        }
        starting.values().forEach(CompletableFuture::join);
    }

    @Override
    public String bootstrapServers() {
        return settings.bootstrapServers();
    }

    @Override
    public void start(int node) {
        brokers.put(
                node,
                BrokerProcess.start(new BrokerSettings(
                        Optional.of(directory.resolve("broker-" + node)),
                        false,
                        settings.port(node),
                        settings.properties(node))));
    }

    @Override
    public void kill(int node) {
        broker(node).kill();
    }

    @Override
    public void stop(int node) {
        if (!broker(node).terminate(STOP_TIMEOUT)) {
            throw new AssertionError("Expected broker %d to stop within %s".formatted(node, STOP_TIMEOUT));
        }
    }

    @Override
    public void pause(int node) throws IOException, InterruptedException {
        signal(node, "-STOP");
    }

    @Override
    public void resume(int node) throws IOException, InterruptedException {
        signal(node, "-CONT");
    }

    private void signal(int node, String signal) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", signal, Long.toString(broker(node).pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill %s ended with %d".formatted(signal, code));
        }
    }

    private BrokerProcess broker(int node) {
        return Objects.requireNonNull(brokers.get(node), "no such broker");
    }

    @Override
    public String description() {
        return "three brokers in processes";
    }

    @Override
    public void close() {
        brokers.values().forEach(broker -> {
            broker.kill();
            broker.close();
        });
    }
}
