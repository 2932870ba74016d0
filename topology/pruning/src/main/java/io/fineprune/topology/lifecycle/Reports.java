package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.Trigger;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Makes the messages that operators follow. */
public final class Reports {
    /** Stands for every user or every model in a report on a command for all of them. */
    public static final String ALL = "*";

    private static final int MAX_REASON_BYTES = 1024;

    private Reports() {}

    /**
     * A mask was published.
     *
     * @param command that asked for it; empty when the budget did
     * @param source estimated accuracy of the source model for this user, if known
     * @param pruningMicros time to score, prune and encode
     */
    public static PruningReport published(
            MaskUpdate update,
            Optional<PruneCommand> command,
            Optional<AccuracyEstimate> source,
            int updateBytes,
            long pruningMicros,
            long decidedAtMillis) {
        PruningReport.Builder report = PruningReport.newBuilder()
                .setUserId(update.getUserId())
                .setModelId(update.getModelId())
                .setTrigger(update.getTrigger())
                .setOutcome(PruningOutcome.PRUNING_OUTCOME_PUBLISHED)
                .setVersion(update.getVersion())
                .setSparsity(MaskLayers.sparsity(update))
                .setEvidence(update.getEvidence())
                .setDecidedAtMillis(decidedAtMillis)
                .setPruningMicros(pruningMicros)
                .setUpdateBytes(updateBytes);
        source.ifPresent(report::setSourceAccuracy);
        return asked(report, command).build();
    }

    /**
     * The content of an earlier version was published again.
     *
     * @param contentVersion that it had; 0: the source model
     * @param reason empty, or why; cut to 1024 bytes
     */
    public static PruningReport again(
            MaskUpdate update,
            long contentVersion,
            PruningOutcome outcome,
            String reason,
            Optional<PruneCommand> command,
            int updateBytes,
            long decidedAtMillis) {
        return published(update, command, Optional.empty(), updateBytes, 0, decidedAtMillis).toBuilder()
                .setOutcome(outcome)
                .setReason(cut(reason))
                .setContentVersion(contentVersion)
                .build();
    }

    /**
     * No mask was published.
     *
     * @param version in force
     * @param reason empty, or why not; cut to 1024 bytes
     */
    public static PruningReport unpublished(
            UserModelKey key,
            Trigger trigger,
            Optional<PruneCommand> command,
            PruningOutcome outcome,
            String reason,
            long version,
            long decidedAtMillis) {
        PruningReport.Builder report = PruningReport.newBuilder()
                .setUserId(key.user())
                .setModelId(key.model())
                .setTrigger(trigger)
                .setOutcome(outcome)
                .setReason(cut(reason))
                .setVersion(version)
                .setDecidedAtMillis(decidedAtMillis);
        return asked(report, command).build();
    }

    private static PruningReport.Builder asked(PruningReport.Builder report, Optional<PruneCommand> command) {
        command.ifPresent(c -> report.setCommandId(c.getCommandId()).setRequestedBy(c.getRequestedBy()));
        return report;
    }

    /** At most as many bytes as the schema allows, cut between characters. */
    private static String cut(String reason) {
        int end = reason.length();
        while (reason.substring(0, end).getBytes(StandardCharsets.UTF_8).length > MAX_REASON_BYTES) {
            end = reason.offsetByCodePoints(end, -1);
        }
        return reason.substring(0, end);
    }
}
