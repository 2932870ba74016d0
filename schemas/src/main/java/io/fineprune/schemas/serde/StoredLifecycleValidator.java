package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.SettingOrigin;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredStanding;

/** Bounds of {@link StoredLifecycle}. */
final class StoredLifecycleValidator implements Validator<StoredLifecycle> {
    static final int MAX_COMMANDS = 32;
    private static final int MAX_CLASSES = 65_536;
    private static final int MAX_FIELD_BYTES = 64;
    private static final int MAX_FAILED_DEVICES = 100;

    @Override
    public void validate(StoredLifecycle state) {
        Check.atLeast("stored_lifecycle.version", state.getVersion(), 0);
        if (state.hasSettings()) {
            PruneCommandValidator.settings("stored_lifecycle.settings", state.getSettings());
        }
        Check.atLeast("stored_lifecycle.events_at_last_pruning", state.getEventsAtLastPruning(), 0);
        Check.atLeast("stored_lifecycle.prunings", state.getPrunings(), 0);
        Check.atLeast("stored_lifecycle.waiting_since_millis", state.getWaitingSinceMillis(), 0);
        Check.range("stored_lifecycle.failed_devices", state.getFailedDevicesCount(), 0, MAX_FAILED_DEVICES);
        Check.atLeast("stored_lifecycle.content_version", state.getContentVersion(), 0);
        Check.atLeast("stored_lifecycle.drifted_at_millis", state.getDriftedAtMillis(), 0);
        Check.atLeast("stored_lifecycle.last_seen_millis", state.getLastSeenMillis(), 0);
        Check.range("stored_lifecycle.mask_chunks", state.getMaskChunks(), 0, MaskChunks.MAX_COUNT);
        Check.atLeast(
                "stored_lifecycle.previous.events_at_last_pruning",
                state.getPrevious().getEventsAtLastPruning(),
                0);
        Check.atLeast("stored_lifecycle.previous.prunings", state.getPrevious().getPrunings(), 0);
        Check.atLeast(
                "stored_lifecycle.previous.waiting_since_millis",
                state.getPrevious().getWaitingSinceMillis(),
                0);
        Check.range("stored_lifecycle.met_classes", state.getMetClassesCount(), 0, MAX_CLASSES);
        state.getMetClassesList().forEach(met -> Check.range("stored_lifecycle.met_classes", met, 0, MAX_CLASSES - 1));
        Check.atLeast("stored_lifecycle.round_due_at_events", state.getRoundDueAtEvents(), 0);
        if (state.hasStanding()) {
            standing(state.getStanding());
        }
        Check.range("stored_lifecycle.origins", state.getOriginsCount(), 0, PruneCommandValidator.MAX_ORIGINS);
        for (SettingOrigin origin : state.getOriginsList()) {
            Check.text("stored_lifecycle.origins.field", origin.getField(), 1, MAX_FIELD_BYTES);
            Check.text("stored_lifecycle.origins.command_id", origin.getCommandId(), 0, Identifiers.MAX_COMMAND_BYTES);
            Check.text(
                    "stored_lifecycle.origins.requested_by",
                    origin.getRequestedBy(),
                    0,
                    Identifiers.MAX_REQUESTER_BYTES);
        }
        int commands = state.getCommandIdsCount();
        if (commands > MAX_COMMANDS) {
            throw Check.expected("at most " + MAX_COMMANDS + " names", "stored_lifecycle.command_ids", commands);
        }
        for (int i = 0; i < commands; i++) {
            Check.text(
                    "stored_lifecycle.command_ids[" + i + "]",
                    state.getCommandIds(i),
                    1,
                    Identifiers.MAX_COMMAND_BYTES);
        }
    }

    private static void standing(StoredStanding standing) {
        String field = "stored_lifecycle.standing.";
        Check.atLeast(field + "rounds", standing.getRounds(), 0);
        Check.atLeast(field + "published_at_millis", standing.getPublishedAtMillis(), 0);
        PruningReportValidator.sparsity(field + "sparsity", standing.getSparsity());
        Check.range(field + "accuracy_change", standing.getAccuracyChange(), -1.0, 1.0);
        Check.atLeast(field + "decided_at_millis", standing.getDecidedAtMillis(), 0);
        Check.text(field + "reason", standing.getReason(), 0, Identifiers.MAX_REASON_BYTES);
        Check.bytes(field + "model_fingerprint", standing.getModelFingerprint(), 0, Identifiers.FINGERPRINT_BYTES);
    }
}
