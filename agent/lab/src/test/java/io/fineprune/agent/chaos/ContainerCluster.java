package io.fineprune.agent.chaos;

import com.github.dockerjava.api.DockerClient;
import io.fineprune.agent.docker.DockerEngine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** Brokers in containers, in the host's network. */
final class ContainerCluster implements Cluster {
    private final ClusterSettings settings = new ClusterSettings();
    private final List<GenericContainer<?>> brokers = new ArrayList<>();
    private final DockerClient docker = DockerClientFactory.lazyClient();

    @SuppressWarnings("resource") // closed by close()
    ContainerCluster() throws IOException, InterruptedException {
        for (int node = 1; node <= NODES; node++) {
            Map<String, String> environment = new HashMap<>();
            settings.properties(node)
                    .forEach((name, value) -> environment.put(
                            name.equals("cluster.id")
                                    ? "CLUSTER_ID"
                                    : "KAFKA_" + name.toUpperCase(Locale.ROOT).replace('.', '_'),
                            value));
            environment.put("KAFKA_HEAP_OPTS", "-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
            brokers.add(new GenericContainer<>(DockerImageName.parse(DockerEngine.KAFKA_IMAGE))
                    .withNetworkMode("host")
                    .withEnv(environment));
        }
        brokers.parallelStream().forEach(GenericContainer::start);
        settings.awaitNodes(NODES);
    }

    /** Why there can be none here. */
    static Optional<String> missing() {
        return DockerEngine.missing(DockerEngine.KAFKA_IMAGE);
    }

    @Override
    public String bootstrapServers() {
        return settings.bootstrapServers();
    }

    @Override
    public void kill(int node) {
        docker.killContainerCmd(id(node)).exec();
    }

    @Override
    public void stop(int node) {
        docker.stopContainerCmd(id(node)).withTimeout(60).exec();
    }

    @Override
    public void start(int node) throws InterruptedException {
        docker.startContainerCmd(id(node)).exec();
        settings.awaitNodes(NODES);
    }

    @Override
    public void pause(int node) {
        docker.pauseContainerCmd(id(node)).exec();
    }

    @Override
    public void resume(int node) {
        docker.unpauseContainerCmd(id(node)).exec();
    }

    private String id(int node) {
        return brokers.get(node - 1).getContainerId();
    }

    @Override
    public String description() {
        return "three brokers in containers";
    }

    @Override
    public void close() {
        brokers.forEach(GenericContainer::stop);
    }
}
