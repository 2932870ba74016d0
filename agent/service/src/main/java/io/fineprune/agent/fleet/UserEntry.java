package io.fineprune.agent.fleet;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.ReasonCode;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredStanding;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** What was heard of one user, kept small: there is one for each user of the partitions held. Safe for use by several threads. */
final class UserEntry {
    private static final int ROUNDS = 16;

    private final int partition;
    private final Deque<Round> history = new ArrayDeque<>(2);
    private final UserDevices devices = new UserDevices();
    private @Nullable PruningReport inForce;
    private @Nullable AccuracyEstimate source;
    private long labelledVersion;
    private long labelled;
    private long right;
    private double budget = Double.NaN;
    private long waitsSinceMillis;

    UserEntry(int partition) {
        this.partition = partition;
    }

    int partition() {
        return partition;
    }

    synchronized void reported(PruningReport report) {
        if (report.getOutcome() == PruningOutcome.PRUNING_OUTCOME_FORGOTTEN
                || report.getOutcome() == PruningOutcome.PRUNING_OUTCOME_EXPIRED) {
            forgetRead();
            devices.clear();
            return;
        }
        if (history.size() == ROUNDS) {
            history.removeFirst();
        }
        history.add(round(report));
        if (report.hasSourceAccuracy()) {
            source = report.getSourceAccuracy();
        }
        if (published(report) && (inForce == null || report.getVersion() > inForce.getVersion())) {
            inForce = report;
        }
    }

    /** Forgets what was read from topics, since it is read again. */
    synchronized void forgetRead() {
        history.clear();
        inForce = null;
        source = null;
        labelledVersion = 0;
        labelled = 0;
        right = 0;
    }

    synchronized void acknowledged(MaskAcknowledgement acknowledgement) {
        devices.answered(acknowledgement);
    }

    synchronized void device(String device) {
        devices.seen(device);
    }

    /** Counts a label; labels of versions older than the newest labelled one count no more. */
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

    /** @param sinceMillis since when a pruning waits; 0: none does */
    synchronized void waits(long sinceMillis) {
        waitsSinceMillis = sinceMillis;
    }

    synchronized UserStatus status(UserModelKey key, StoredLifecycle state, boolean paused, boolean pinned) {
        long version = state.getVersion();
        StoredStanding standing = state.hasStanding() ? state.getStanding() : fromReports(state);
        boolean current = labelledVersion == version;
        return new UserStatus(
                key,
                version,
                standing.getRounds(),
                standing.getPublishedAtMillis(),
                standing.getDecidedAtMillis(),
                standing.hasSparsity() ? Optional.of(standing.getSparsity()) : Optional.empty(),
                standing.hasEstimatedAccuracy() ? Optional.of(standing.getEstimatedAccuracy()) : Optional.empty(),
                standing.hasSourceAccuracy() ? Optional.of(standing.getSourceAccuracy()) : Optional.empty(),
                standing.hasAccuracyChange() ? OptionalDouble.of(standing.getAccuracyChange()) : OptionalDouble.empty(),
                standing.getUpdateBytes(),
                standing.getEventsSeen(),
                devices.served(version),
                devices.count(),
                devices.running(version),
                current ? labelled : 0,
                current ? right : 0,
                Double.isNaN(budget) ? OptionalDouble.empty() : OptionalDouble.of(budget),
                standing.getOutcome() == PruningOutcome.PRUNING_OUTCOME_UNSPECIFIED
                        ? ""
                        : plain(standing.getOutcome(), "PRUNING_OUTCOME_"),
                code(standing.getReasonCode()),
                standing.getReason(),
                paused,
                pinned,
                waitsSinceMillis,
                graph(standing.getModelFingerprint()),
                List.copyOf(history));
    }

    /** For users who were decided on last before their state said so: as far as the topics reach back. */
    private StoredStanding fromReports(StoredLifecycle state) {
        StoredStanding.Builder standing = StoredStanding.newBuilder().setRounds(state.getPrunings());
        if (state.hasEstimatedAccuracy()) {
            standing.setEstimatedAccuracy(state.getEstimatedAccuracy());
        }
        if (source != null) {
            standing.setSourceAccuracy(source);
        }
        if (inForce != null && inForce.getVersion() == state.getVersion()) {
            standing.setPublishedAtMillis(inForce.getDecidedAtMillis())
                    .setDecidedAtMillis(inForce.getDecidedAtMillis())
                    .setSparsity(inForce.getSparsity())
                    .setUpdateBytes(inForce.getUpdateBytes())
                    .setEventsSeen(inForce.getEvidence().getEventsSeen())
                    .setOutcome(inForce.getOutcome())
                    .setReason(inForce.getReason());
        }
        if (inForce != null && inForce.hasSourceAccuracy() && standing.hasEstimatedAccuracy()) {
            standing.setAccuracyChange(standing.getEstimatedAccuracy().getValue()
                    - inForce.getSourceAccuracy().getValue());
        }
        return standing.build();
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
                code(report.getReasonCode()),
                report.getReason(),
                report.getRequestedBy(),
                report.getVersion(),
                published(report) ? OptionalDouble.of(report.getSparsity().getWeights()) : OptionalDouble.empty(),
                report.getEvidence().hasEstimatedAccuracy()
                        ? Optional.of(report.getEvidence().getEstimatedAccuracy())
                        : Optional.empty(),
                report.hasSourceAccuracy() ? Optional.of(report.getSourceAccuracy()) : Optional.empty());
    }

    private static String code(ReasonCode code) {
        return code == ReasonCode.REASON_CODE_UNSPECIFIED ? "" : plain(code, "REASON_CODE_");
    }

    private static String graph(ByteString fingerprint) {
        return HexFormat.of().formatHex(fingerprint.toByteArray());
    }

    private static String plain(Enum<?> value, String prefix) {
        return value.name().replaceFirst("^" + prefix, "").toLowerCase(Locale.ROOT);
    }
}
