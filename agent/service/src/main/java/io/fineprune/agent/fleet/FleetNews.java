package io.fineprune.agent.fleet;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruningReport;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.utils.Utils;

/**
 * What was heard of users besides their state: reports, answers, labels, how far budgets are. Lost with the process, and read again
 * from the topics; what is heard of somebody who is no user is never shown. Safe for use by several threads.
 */
public final class FleetNews {
    private final int partitions;
    private final Map<UserModelKey, UserEntry> users = new ConcurrentHashMap<>();

    /** @param partitions of the topics keyed by user; at least 1 */
    public FleetNews(int partitions) {
        if (partitions < 1) {
            throw new IllegalArgumentException("Expected at least 1 partition, but was " + partitions);
        }
        this.partitions = partitions;
    }

    /** Partitions of the topics keyed by user. */
    public int partitions() {
        return partitions;
    }

    /** The partition that holds a user. */
    public int partitionOf(String user) {
        return Utils.toPositive(Utils.murmur2(user.getBytes(StandardCharsets.UTF_8))) % partitions;
    }

    /** The user has this share of the events of the current round. */
    public void budget(UserModelKey key, double share) {
        entry(key).budget(share);
    }

    /** An event of one of the user's devices came. */
    public void device(UserModelKey key, String device) {
        entry(key).device(device);
    }

    /**
     * A pruning of the user fell due, or is over.
     *
     * @param nowMillis wall clock
     */
    public void waits(UserModelKey key, boolean due, long nowMillis) {
        entry(key).waits(due ? nowMillis : 0);
    }

    Optional<UserEntry> of(UserModelKey key) {
        return Optional.ofNullable(users.get(key));
    }

    void reported(PruningReport report) {
        if (!report.getModelId().isEmpty() && !report.getUserId().isEmpty()) {
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

    /** Forgets what was read of the users of a partition, since it is read again. */
    void forget(int partition) {
        for (UserEntry entry : users.values()) {
            if (entry.partition() == partition) {
                entry.forgetRead();
            }
        }
    }

    /** Forgets the users of all but these partitions. */
    void keepOnly(Set<Integer> held) {
        users.values().removeIf(entry -> !held.contains(entry.partition()));
    }

    private UserEntry entry(UserModelKey key) {
        return users.computeIfAbsent(key, k -> new UserEntry(partitionOf(k.user())));
    }
}
