package io.fineprune.topology.lifecycle;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredStanding;

/** What operators are shown of a user: kept with the user's state, so that it is whole however short the topics reach back. */
public final class Standings {
    private static final int SHORT_FINGERPRINT_BYTES = 8;

    private Standings() {}

    /**
     * Whether there is such a user: events of the user were counted, or a mask was published, and all of it was not erased since.
     * A command alone makes no user.
     */
    public static boolean exists(StoredLifecycle state) {
        return !state.getForgotten()
                && (state.getVersion() > 0
                        || state.getWaitingSinceMillis() > 0
                        || state.getEventsAtLastPruning() > 0
                        || state.getPrunings() > 0
                        || state.getDrifted()
                        || state.hasPrevious()
                        || state.hasStanding());
    }

    /** The state after a pruning that published nothing. */
    public static StoredLifecycle unpublished(StoredLifecycle state, PruningReport report) {
        return with(state, decided(state, report).setRounds(rounds(state)));
    }

    /**
     * The state after an update was published.
     *
     * @param fingerprint of the graph that it is of
     */
    public static StoredLifecycle published(StoredLifecycle state, PruningReport report, ByteString fingerprint) {
        StoredStanding.Builder next = inForce(state, report, fingerprint);
        return with(state, next.setRounds(rounds(state)));
    }

    /** The state after the content of an earlier version was published again; that is no round. */
    public static StoredLifecycle again(StoredLifecycle state, PruningReport report, ByteString fingerprint) {
        return with(state, inForce(state, report, fingerprint));
    }

    /** After this one; of earlier ones that were not counted, those since the sums began. */
    private static long rounds(StoredLifecycle state) {
        return state.hasStanding() ? state.getStanding().getRounds() + 1 : Math.max(1, state.getPrunings());
    }

    private static StoredStanding.Builder inForce(StoredLifecycle state, PruningReport report, ByteString fingerprint) {
        StoredStanding.Builder next = decided(state, report)
                .setPublishedAtMillis(report.getDecidedAtMillis())
                .setSparsity(report.getSparsity())
                .setUpdateBytes(report.getUpdateBytes())
                .setEventsSeen(report.getEvidence().getEventsSeen())
                .setModelFingerprint(fingerprint.substring(0, Math.min(fingerprint.size(), SHORT_FINGERPRINT_BYTES)))
                .clearAccuracyChange()
                .clearEstimatedAccuracy();
        if (report.getEvidence().hasEstimatedAccuracy()) {
            next.setEstimatedAccuracy(report.getEvidence().getEstimatedAccuracy());
            if (report.hasSourceAccuracy()) {
                next.setAccuracyChange(
                        report.getEvidence().getEstimatedAccuracy().getValue()
                                - report.getSourceAccuracy().getValue());
            }
        }
        return next;
    }

    private static StoredStanding.Builder decided(StoredLifecycle state, PruningReport report) {
        StoredStanding.Builder next = state.getStanding().toBuilder()
                .setDecidedAtMillis(report.getDecidedAtMillis())
                .setOutcome(report.getOutcome())
                .setReasonCode(report.getReasonCode())
                .setReason(report.getReason());
        if (report.hasSourceAccuracy()) {
            next.setSourceAccuracy(report.getSourceAccuracy());
        }
        return next;
    }

    private static StoredLifecycle with(StoredLifecycle state, StoredStanding.Builder standing) {
        return state.toBuilder().setStanding(standing).build();
    }
}
