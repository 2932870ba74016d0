package io.fineprune.agent.fleet;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Utils;

/**
 * The users of the partitions that this agent holds, a few hundred bytes each. It is a view: lost with the process, and read
 * again from the topics. Safe for use by several threads.
 */
public final class FleetView {
    private final int partitions;
    private final Map<UserModelKey, UserEntry> users = new ConcurrentHashMap<>();

    /** @param partitions of the topics keyed by user; at least 1 */
    public FleetView(int partitions) {
        if (partitions < 1) {
            throw new IllegalArgumentException("Expected at least 1 partition, but was " + partitions);
        }
        this.partitions = partitions;
    }

    /** The partition that holds a user. */
    public int partitionOf(String user) {
        return Utils.toPositive(Utils.murmur2(user.getBytes(StandardCharsets.UTF_8))) % partitions;
    }

    /** One user, if it is known here. */
    public Optional<UserStatus> find(UserModelKey key) {
        return Optional.ofNullable(users.get(key)).map(entry -> entry.status(key));
    }

    /** Shows every user; those that come or change meanwhile may be shown either way. */
    public void forEach(Consumer<UserStatus> visitor) {
        users.forEach((key, entry) -> visitor.accept(entry.status(key)));
    }

    /** The user has this share of the events of the current round. */
    public void budget(UserModelKey key, double share) {
        entry(key).budget(share);
    }

    void reported(PruningReport report) {
        if (report.getOutcome() == PruningOutcome.PRUNING_OUTCOME_FORGOTTEN
                || report.getOutcome() == PruningOutcome.PRUNING_OUTCOME_EXPIRED) {
            users.remove(new UserModelKey(report.getUserId(), report.getModelId()));
        } else if (!report.getModelId().isEmpty() && !report.getUserId().isEmpty()) {
            entry(new UserModelKey(report.getUserId(), report.getModelId())).reported(report);
        }
    }

    void acknowledged(MaskAcknowledgement acknowledgement) {
        entry(new UserModelKey(acknowledgement.getUserId(), acknowledgement.getModelId()))
                .acknowledged(acknowledgement);
    }

    void labelled(FeedbackLabel label) {
        entry(new UserModelKey(label.getUserId(), label.getModelId())).labelled(label);
    }

    /** Forgets the users of a partition. */
    void forget(int partition) {
        users.values().removeIf(entry -> entry.partition() == partition);
    }

    /** Forgets the users of all but these partitions. */
    void keepOnly(Set<Integer> held) {
        users.values().removeIf(entry -> !held.contains(entry.partition()));
    }

    private UserEntry entry(UserModelKey key) {
        return users.computeIfAbsent(key, k -> new UserEntry(partitionOf(k.user())));
    }
}
