package io.fineprune.agent.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;

/** The properties of three brokers that are controllers too, on ports that were free a moment ago. */
final class ClusterSettings {
    private static final String CLUSTER = "Zm9yLWZpbmVwcnVuZS1jaA";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final List<Integer> ports;

    ClusterSettings() throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < 2 * Cluster.NODES; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            ports = held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    int port(int node) {
        return ports.get(node - 1);
    }

    String bootstrapServers() {
        return IntStream.rangeClosed(1, Cluster.NODES)
                .mapToObj(node -> "127.0.0.1:" + port(node))
                .collect(Collectors.joining(","));
    }

    Map<String, String> properties(int node) {
        int controller = ports.get(Cluster.NODES + node - 1);
        Map<String, String> properties = new TreeMap<>();
        properties.put("cluster.id", CLUSTER);
        properties.put("node.id", Integer.toString(node));
        properties.put("process.roles", "broker,controller");
        properties.put(
                "controller.quorum.voters",
                IntStream.rangeClosed(1, Cluster.NODES)
                        .mapToObj(n -> n + "@127.0.0.1:" + ports.get(Cluster.NODES + n - 1))
                        .collect(Collectors.joining(",")));
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put(
                "listeners", "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port(node), controller));
        properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port(node));
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("default.replication.factor", "3");
        properties.put("min.insync.replicas", "2");
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("offsets.topic.replication.factor", "3");
        properties.put("transaction.state.log.num.partitions", "4");
        properties.put("transaction.state.log.replication.factor", "3");
        properties.put("transaction.state.log.min.isr", "2");
        properties.put("auto.create.topics.enable", "false");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("broker.session.timeout.ms", "6000");
        properties.put("broker.heartbeat.interval.ms", "1000");
        properties.put("replica.lag.time.max.ms", "6000");
        return properties;
    }

    /** Returns when so many brokers take requests. */
    void awaitNodes(int nodes) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            int found = 0;
            while (found < nodes) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("Expected %d brokers, but found %d".formatted(nodes, found));
                }
                try {
                    found = admin.describeCluster(new DescribeClusterOptions().timeoutMs(2_000))
                            .nodes()
                            .get()
                            .size();
                } catch (ExecutionException notYet) {
                    found = 0;
                }
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
        }
    }
}
