package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MaskChunkKeySerde;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruneCommand;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.StreamPartitioner;

/** Which partition owns a user: the one that Kafka's default partitioner gives a record keyed by the user. */
final class UserPartitions {
    private UserPartitions() {}

    /** @param user name in UTF-8 */
    static int of(byte[] user, int partitions) {
        return Utils.toPositive(Utils.murmur2(user)) % partitions;
    }

    /** Sends an event to its user. */
    static StreamPartitioner<byte[], UserRecord.Event> events() {
        return (topic, user, event, partitions) -> Optional.of(Set.of(of(user, partitions)));
    }

    /** Sends a device's answer to its user. */
    static StreamPartitioner<byte[], MaskAcknowledgement> failures() {
        return (topic, user, answer, partitions) -> Optional.of(Set.of(of(user, partitions)));
    }

    /** Sends the chunks of an update to one partition, that of its user and model. */
    static StreamPartitioner<byte[], byte[]> chunks() {
        return (topic, key, chunk, partitions) -> Optional.of(Set.of(of(MaskChunkKeySerde.owner(key), partitions)));
    }

    /** Sends a command to its user, or one copy to every partition, in the same transaction, when it is for all users. */
    static StreamPartitioner<byte[], PruneCommand> commands() {
        return (topic, user, command, partitions) -> Optional.of(
                command.getUserId().isEmpty()
                        ? IntStream.range(0, partitions).boxed().collect(Collectors.toUnmodifiableSet())
                        : Set.of(of(user, partitions)));
    }
}
