package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.Evidence;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.PublishedFor;
import io.fineprune.schemas.v1.Trigger;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Makes the pruning reports that operators read. */
public final class Reports {
    /** Stands for every user or every model in a report on a command for all of them. */
    public static final String ALL = "*";

    private static final int MAX_REASON_BYTES = 1024;

    private Reports() {}

    /**
     * How an update came to be published.
     *
     * @param source estimated accuracy of the source model for this user, if known
     * @param probability that the candidate which promised most is no worse than the source model, if that was judged
     */
    public record Made(PublishedFor published, Optional<AccuracyEstimate> source, Optional<Double> probability) {
        /** For an update that was not judged. */
        public static final Made NOTHING_JUDGED =
                new Made(PublishedFor.PUBLISHED_FOR_UNSPECIFIED, Optional.empty(), Optional.empty());

        public static Made of(Personalization.Ready ready) {
            PublishedFor published = switch (ready.grounds()) {
                case GAIN -> PublishedFor.PUBLISHED_FOR_GAIN;
                case BOUND -> PublishedFor.PUBLISHED_FOR_SIZE;
                case DECLARED -> PublishedFor.PUBLISHED_FOR_DECLARATION;
                case UNJUDGED -> PublishedFor.PUBLISHED_FOR_UNJUDGED;
            };
            return new Made(published, ready.source(), ready.probability());
        }
    }

    /**
     * Makes the report that a mask was published.
     *
     * @param command that asked for it; empty when the budget did
     * @param made why, and estimated accuracy of the source model for this user, if known
     * @param pruningMicros time to score, prune and encode
     */
    public static PruningReport published(
            MaskUpdate update,
            Optional<PruneCommand> command,
            Made made,
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
        report.setPublishedFor(made.published());
        made.source().ifPresent(report::setSourceAccuracy);
        made.probability().ifPresent(report::setProbability);
        return asked(report, command).build();
    }

    /**
     * Makes the report that the content of an earlier version was published again.
     *
     * @param contentVersion that it had; 0: the source model
     * @param why its sentence is cut to 1024 bytes
     */
    public static PruningReport again(
            MaskUpdate update,
            long contentVersion,
            PruningOutcome outcome,
            Why why,
            Optional<PruneCommand> command,
            int updateBytes,
            long decidedAtMillis) {
        return published(update, command, Made.NOTHING_JUDGED, updateBytes, 0, decidedAtMillis).toBuilder()
                .setOutcome(outcome)
                .setReason(cut(why.sentence()))
                .setReasonCode(why.code())
                .setContentVersion(contentVersion)
                .build();
    }

    /**
     * Makes the report that no mask was published.
     *
     * @param version in force
     * @param why its sentence is cut to 1024 bytes
     */
    public static PruningReport unpublished(
            UserModelKey key,
            Trigger trigger,
            Optional<PruneCommand> command,
            PruningOutcome outcome,
            Why why,
            long version,
            long decidedAtMillis) {
        PruningReport.Builder report = PruningReport.newBuilder()
                .setUserId(key.user())
                .setModelId(key.model())
                .setTrigger(trigger)
                .setOutcome(outcome)
                .setReason(cut(why.sentence()))
                .setReasonCode(why.code())
                .setVersion(version)
                .setDecidedAtMillis(decidedAtMillis);
        return asked(report, command).build();
    }

    /**
     * The same with what was thought of the update that was held back.
     *
     * @param evidence that it would have rested on
     */
    public static PruningReport heldBack(PruningReport report, Personalization.HeldBack held, Evidence evidence) {
        PruningReport.Builder next = report.toBuilder()
                .setEvidence(evidence.toBuilder().setEstimatedAccuracy(held.best()))
                .setExpectedGain(held.gain());
        held.source().ifPresent(next::setSourceAccuracy);
        return next.build();
    }

    private static PruningReport.Builder asked(PruningReport.Builder report, Optional<PruneCommand> command) {
        command.ifPresent(c -> report.setCommandId(c.getCommandId()).setRequestedBy(c.getRequestedBy()));
        return report;
    }

    /** Cuts a reason to the bytes that the schema allows, between two characters. */
    private static String cut(String reason) {
        int end = reason.length();
        while (reason.substring(0, end).getBytes(StandardCharsets.UTF_8).length > MAX_REASON_BYTES) {
            end = reason.offsetByCodePoints(end, -1);
        }
        return reason.substring(0, end);
    }
}
