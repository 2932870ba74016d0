package io.fineprune.agent.query;

import io.fineprune.agent.fleet.FleetView;
import io.fineprune.topology.stream.Names;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.state.HostInfo;

/** As Kafka Streams knows them from the group's last rebalance. Agents tell their address as {@code application.server}. */
public final class StreamsPeers implements Peers {
    private final KafkaStreams streams;
    private final FleetView view;
    private final String own;

    /** @param own this agent's address; empty: it tells none, and only itself can be asked */
    public StreamsPeers(KafkaStreams streams, FleetView view, String own) {
        this.streams = streams;
        this.view = view;
        this.own = own;
    }

    @Override
    public List<String> others() {
        return running()
                ? streams.metadataForAllStreamsClients().stream()
                        .map(StreamsMetadata::hostInfo)
                        .filter(host -> !HostInfo.unavailable().equals(host))
                        .map(StreamsPeers::address)
                        .filter(address -> !address.equals(own))
                        .distinct()
                        .sorted()
                        .toList()
                : List.of();
    }

    @Override
    public Optional<String> otherHolderOf(String user) {
        if (!running()) {
            return Optional.empty();
        }
        StreamPartitioner<String, Object> partitioner =
                (topic, key, value, partitions) -> Optional.of(Set.of(view.partitionOf(key)));
        KeyQueryMetadata metadata = streams.queryMetadataForKey(Names.USER_LIFECYCLE_STORE, user, partitioner);
        if (metadata == null || metadata.equals(KeyQueryMetadata.NOT_AVAILABLE)) {
            return Optional.empty();
        }
        HostInfo host = metadata.activeHost();
        return HostInfo.unavailable().equals(host) || address(host).equals(own)
                ? Optional.empty()
                : Optional.of(address(host));
    }

    private boolean running() {
        return !own.isEmpty() && streams.state().isRunningOrRebalancing();
    }

    private static String address(HostInfo host) {
        return host.host() + ":" + host.port();
    }
}
