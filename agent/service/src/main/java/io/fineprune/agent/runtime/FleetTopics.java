package io.fineprune.agent.runtime;

import io.fineprune.schemas.topic.TopicDescriptor;
import io.fineprune.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates and checks the fleet's topics. Closing closes the connection. */
public final class FleetTopics implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 30;
    private static final short USUAL_REPLICATION = 3;

    private final Topics topics;
    private final String servers;
    private final String protocol;
    private final Admin admin;

    /**
     * Connects lazily.
     *
     * @param kafka client properties, {@code bootstrap.servers} among them
     */
    public FleetTopics(Topics topics, Map<String, String> kafka) {
        this.topics = topics;
        this.servers = kafka.getOrDefault(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "");
        this.protocol = kafka.getOrDefault(AdminClientConfig.SECURITY_PROTOCOL_CONFIG, "PLAINTEXT");
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "20000");
        properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        try {
            this.admin = Admin.create(properties);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new FleetException("Could not make a Kafka client: " + cause.getMessage(), e);
        }
    }

    /**
     * Creates what is missing.
     *
     * @param partitions of every topic; 0: its default
     * @param replication -1: as many as there are brokers, at most three
     * @return names of those that were created, in the order in which data flows
     * @throws FleetException if the cluster cannot be reached or refuses
     */
    public List<String> create(int partitions, int replication) {
        short copies = replication > 0 ? (short) replication : usualReplication();
        List<NewTopic> wanted = new ArrayList<>();
        for (TopicDescriptor<?, ?> topic : topics.all()) {
            wanted.add(topic.newTopic(partitions > 0 ? partitions : topic.defaultPartitions(), copies));
        }
        Map<String, KafkaFuture<Void>> results = admin.createTopics(wanted).values();
        List<String> created = new ArrayList<>();
        for (NewTopic topic : wanted) {
            try {
                await(results.getOrDefault(topic.name(), KafkaFuture.completedFuture(null)));
                created.add(topic.name());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw new FleetException(
                            "Could not create topic %s: %s".formatted(topic.name(), rootMessage(e)), e);
                }
            }
        }
        return created;
    }

    /**
     * Puts ACLs in force beside those that are.
     *
     * @throws FleetException if the cluster cannot be reached or refuses
     */
    public void grant(List<AclBinding> acls) {
        try {
            await(admin.createAcls(acls).all());
        } catch (ExecutionException e) {
            throw new FleetException("Could not create ACLs at %s: %s".formatted(servers, rootMessage(e)), e);
        }
    }

    /**
     * Checks that every topic is there.
     *
     * @return the number of partitions of sensor-events
     * @throws FleetException naming those that are missing, or if the cluster cannot be reached
     */
    public int check() {
        List<String> names = topics.all().stream().map(TopicDescriptor::name).toList();
        try {
            Set<String> present = await(admin.listTopics().names());
            List<String> missing =
                    names.stream().filter(name -> !present.contains(name)).toList();
            if (!missing.isEmpty()) {
                throw new FleetException(
                        "Expected topics %s at %s, but they are missing; run: fineprune topics create -b %s"
                                .formatted(missing, servers, servers));
            }
            String events = topics.sensorEvents().name();
            TopicDescription description =
                    await(admin.describeTopics(List.of(events)).allTopicNames()).get(events);
            if (description == null) {
                throw new FleetException("Expected a description of topic " + events + ", but there is none");
            }
            return description.partitions().size();
        } catch (ExecutionException e) {
            throw new FleetException("Could not list topics at %s: %s".formatted(servers, rootMessage(e)), e);
        }
    }

    @Override
    public void close() {
        admin.close(java.time.Duration.ofSeconds(2));
    }

    private short usualReplication() {
        try {
            return (short) Math.min(
                    USUAL_REPLICATION, await(admin.describeCluster().nodes()).size());
        } catch (ExecutionException e) {
            throw new FleetException("Could not reach a broker at %s: %s".formatted(servers, rootMessage(e)), e);
        }
    }

    private <T> T await(KafkaFuture<T> future) throws ExecutionException {
        try {
            return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FleetException("Interrupted while waiting for " + servers, e);
        } catch (TimeoutException e) {
            throw new FleetException(
                    "Expected an answer from %s within %d s, but there was none".formatted(servers, TIMEOUT_SECONDS),
                    e);
        }
    }

    private String rootMessage(Throwable e) {
        Throwable root = e;
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return root instanceof org.apache.kafka.common.errors.TimeoutException
                ? "%s. Is the broker up, and does it take %s there (kafka.security.protocol)?"
                        .formatted(root.getMessage(), protocol)
                : String.valueOf(root.getMessage());
    }
}
