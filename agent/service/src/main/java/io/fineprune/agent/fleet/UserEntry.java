package io.fineprune.agent.fleet;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.Sparsity;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** One user's state, kept small: there is one for each user of the partitions held. Safe for use by several threads. */
final class UserEntry {
    private static final int ROUNDS = 16;

    private final int partition;
    private final Deque<Round> history = new ArrayDeque<>(2);
    private long version;
    private long prunings;
    private long publishedAtMillis;
    private @Nullable Sparsity sparsity;
    private @Nullable AccuracyEstimate estimated;
    private @Nullable AccuracyEstimate source;
    private long updateBytes;
    private long eventsSeen;
    private long appliedVersion;
    private long refusedVersion;
    private long rolledBackVersion;
    private long labelledVersion;
    private long labelled;
    private long right;
    private double budget = Double.NaN;
    private PruningOutcome last = PruningOutcome.PRUNING_OUTCOME_UNSPECIFIED;
    private String reason = "";

    UserEntry(int partition) {
        this.partition = partition;
    }

    int partition() {
        return partition;
    }

    synchronized void reported(PruningReport report) {
        prunings++;
        if (history.size() == ROUNDS) {
            history.removeFirst();
        }
        history.add(round(report));
        last = report.getOutcome();
        reason = report.getReason();
        if (report.hasSourceAccuracy()) {
            source = report.getSourceAccuracy();
        }
        if (published(report) && report.getVersion() > version) {
            version = report.getVersion();
            publishedAtMillis = report.getDecidedAtMillis();
            sparsity = report.getSparsity();
            eventsSeen = report.getEvidence().getEventsSeen();
            estimated = report.getEvidence().hasEstimatedAccuracy()
                    ? report.getEvidence().getEstimatedAccuracy()
                    : null;
            updateBytes = report.getUpdateBytes();
        }
    }

    synchronized void acknowledged(MaskAcknowledgement acknowledgement) {
        if (acknowledgement.getStatus() == AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_ROLLED_BACK) {
            rolledBackVersion = Math.max(rolledBackVersion, acknowledgement.getVersion());
        } else if (acknowledgement.getStatus() == AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED) {
            appliedVersion = Math.max(appliedVersion, acknowledgement.getVersion());
        } else {
            refusedVersion = Math.max(refusedVersion, acknowledgement.getVersion());
        }
    }

    /** Labels of older versions than the newest labelled one count no more. */
    synchronized void labelled(FeedbackLabel label) {
        if (label.getMaskVersion() > labelledVersion) {
            labelledVersion = label.getMaskVersion();
            labelled = 0;
            right = 0;
        }
        if (label.getMaskVersion() == labelledVersion) {
            labelled++;
            right += label.getPredicted().equals(label.getLabel()) ? 1 : 0;
        }
    }

    synchronized void budget(double share) {
        budget = share;
    }

    synchronized UserStatus status(UserModelKey key) {
        boolean current = labelledVersion == version;
        return new UserStatus(
                key,
                version,
                prunings,
                publishedAtMillis,
                Optional.ofNullable(sparsity),
                Optional.ofNullable(estimated),
                Optional.ofNullable(source),
                updateBytes,
                eventsSeen,
                served(),
                current ? labelled : 0,
                current ? right : 0,
                Double.isNaN(budget) ? OptionalDouble.empty() : OptionalDouble.of(budget),
                last == PruningOutcome.PRUNING_OUTCOME_UNSPECIFIED ? "" : plain(last, "PRUNING_OUTCOME_"),
                reason,
                List.copyOf(history));
    }

    private static boolean published(PruningReport report) {
        return report.getOutcome() == PruningOutcome.PRUNING_OUTCOME_PUBLISHED
                || report.getOutcome() == PruningOutcome.PRUNING_OUTCOME_QUARANTINED;
    }

    private static Round round(PruningReport report) {
        return new Round(
                report.getDecidedAtMillis(),
                plain(report.getTrigger(), "TRIGGER_"),
                plain(report.getOutcome(), "PRUNING_OUTCOME_"),
                report.getReason(),
                report.getRequestedBy(),
                report.getVersion(),
                published(report) ? OptionalDouble.of(report.getSparsity().getWeights()) : OptionalDouble.empty(),
                report.getEvidence().hasEstimatedAccuracy()
                        ? Optional.of(report.getEvidence().getEstimatedAccuracy())
                        : Optional.empty(),
                report.hasSourceAccuracy() ? Optional.of(report.getSourceAccuracy()) : Optional.empty());
    }

    private static String plain(Enum<?> value, String prefix) {
        return value.name().replaceFirst("^" + prefix, "").toLowerCase(Locale.ROOT);
    }

    private Served served() {
        if (version == 0) {
            return Served.SOURCE;
        }
        if (rolledBackVersion >= version) {
            return Served.MASK_ROLLED_BACK;
        }
        if (appliedVersion >= version) {
            return Served.MASK_APPLIED;
        }
        return refusedVersion >= version ? Served.MASK_REFUSED : Served.MASK_SENT;
    }
}
