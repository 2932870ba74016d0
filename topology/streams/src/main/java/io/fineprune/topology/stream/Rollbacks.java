package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MaskParcel;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.Evidence;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.ReasonCode;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.lifecycle.Lifecycle;
import io.fineprune.topology.lifecycle.MaskUpdates;
import io.fineprune.topology.lifecycle.Reports;
import io.fineprune.topology.lifecycle.Standings;
import io.fineprune.topology.lifecycle.Why;
import io.fineprune.topology.sums.SumsReading;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Publishes the content of an earlier version again, under a new version. */
final class Rollbacks {
    private final Models models;
    private final UserStates states;
    private final KeptUpdates kept;
    private final Outputs outputs;
    private final StreamListener listener;
    private final Clock clock;

    Rollbacks(
            Models models, UserStates states, KeptUpdates kept, Outputs outputs, StreamListener listener, Clock clock) {
        this.models = models;
        this.states = states;
        this.kept = kept;
        this.outputs = outputs;
        this.listener = listener;
        this.clock = clock;
    }

    /** Result of looking up an earlier version. */
    private sealed interface Found {
        record Content(MaskUpdate update) implements Found {}

        record Nothing(String reason) implements Found {}
    }

    /**
     * Carries out a rollback, or reports why not.
     *
     * @param swept whether the command is for all users; then users who run the source model anyway are not reported
     * @return the state after it
     */
    StoredLifecycle rollBack(
            UserModelKey key, StoredLifecycle state, PruneCommand command, boolean swept, long timestamp) {
        long wanted = command.hasToVersion() ? command.getToVersion() : state.getVersion() - 1;
        if (swept && state.getVersion() == 0) {
            return state;
        }
        Found found = find(key, state, wanted, timestamp);
        if (found instanceof Found.Content content) {
            return publish(
                    key,
                    state,
                    content.update(),
                    wanted,
                    Trigger.TRIGGER_COMMAND,
                    PruningOutcome.PRUNING_OUTCOME_PUBLISHED,
                    Why.NOTHING,
                    Optional.of(command),
                    timestamp);
        }
        outputs.report(
                Reports.unpublished(
                        key,
                        Trigger.TRIGGER_COMMAND,
                        Optional.of(command),
                        PruningOutcome.PRUNING_OUTCOME_COMMAND_REFUSED,
                        new Why(ReasonCode.REASON_CODE_NO_SUCH_VERSION, ((Found.Nothing) found).reason()),
                        state.getVersion(),
                        clock.millis()),
                timestamp);
        return state;
    }

    /**
     * Publishes the newest kept content that is not that of the version in force, or the source model; what has the content of
     * the version in force is kept no longer.
     *
     * @return the state after it
     */
    StoredLifecycle quarantine(UserModelKey key, StoredLifecycle state, String reason, long timestamp) {
        MaskUpdate content = source(key, state, timestamp);
        long contentVersion = 0;
        Optional<MaskUpdate> bad = kept.read(key, state.getVersion());
        for (long version : kept.versions(key)) {
            MaskUpdate update = kept.read(key, version).orElseThrow();
            if (version >= state.getVersion()
                    || bad.filter(failed -> MaskUpdates.sameContent(failed, update))
                            .isPresent()) {
                kept.forget(key, version);
            } else if (MaskUpdates.isOf(update, architecture(key))) {
                content = update;
                contentVersion = version;
            }
        }
        listener.notPruned(key.model(), Trigger.TRIGGER_DEVICE_FAILURES, PruningOutcome.PRUNING_OUTCOME_QUARANTINED);
        return publish(
                key,
                state,
                content,
                contentVersion,
                Trigger.TRIGGER_DEVICE_FAILURES,
                PruningOutcome.PRUNING_OUTCOME_QUARANTINED,
                new Why(ReasonCode.REASON_CODE_DEVICES_FAILED, reason),
                Optional.empty(),
                timestamp);
    }

    private Found find(UserModelKey key, StoredLifecycle state, long wanted, long timestamp) {
        if (state.getVersion() == 0) {
            return new Found.Nothing("Expected a user with a published version, but the source model is in force");
        }
        if (wanted >= state.getVersion()) {
            return new Found.Nothing(
                    "Expected a version below %d, which is in force, but was %d".formatted(state.getVersion(), wanted));
        }
        Optional<MaskUpdate> content =
                wanted == 0 ? Optional.of(source(key, state, timestamp)) : kept.read(key, wanted);
        if (content.isEmpty()) {
            List<Long> offered = new ArrayList<>(List.of(0L));
            kept.versions(key).stream()
                    .filter(version -> version < state.getVersion())
                    .forEach(offered::add);
            return new Found.Nothing(
                    "Expected one of the versions %s (0: the source model), but was %d, which is not kept"
                            .formatted(offered, wanted));
        }
        if (!MaskUpdates.isOf(content.get(), architecture(key))) {
            return new Found.Nothing(
                    "Expected a version of the model with fingerprint %s, but version %d is of an earlier one"
                            .formatted(architecture(key).fingerprint(), wanted));
        }
        return new Found.Content(content.get());
    }

    /** Makes the source model an update; its evidence is that of the user's sums, or else of the update in force. */
    private MaskUpdate source(UserModelKey key, StoredLifecycle state, long timestamp) {
        Optional<Evidence> evidence = states.sums(key, architecture(key))
                .filter(SumsReading.Usable.class::isInstance)
                .map(reading -> ((SumsReading.Usable) reading).sums().snapshot())
                .filter(sums -> sums.events() > 0)
                .map(MaskUpdates::evidence)
                .or(() -> kept.read(key, state.getVersion()).map(MaskUpdate::getEvidence));
        return MaskUpdates.source(
                key,
                architecture(key),
                states.settings(key, state).plan(),
                evidence.orElseGet(() -> Evidence.newBuilder()
                        .setEventsSeen(Math.max(1, state.getEventsAtLastPruning()))
                        .setFirstEventMillis(Math.max(1, timestamp))
                        .setLastEventMillis(Math.max(1, timestamp))
                        .build()));
    }

    /**
     * Publishes content under the next version.
     *
     * @param contentVersion that it had; 0: the source model
     * @return the state after it
     */
    private StoredLifecycle publish(
            UserModelKey key,
            StoredLifecycle state,
            MaskUpdate content,
            long contentVersion,
            Trigger trigger,
            PruningOutcome outcome,
            Why why,
            Optional<PruneCommand> command,
            long timestamp) {
        MaskUpdate update = MaskUpdates.again(content, state.getVersion() + 1, trigger);
        MaskParcel parcel = outputs.encode(update, timestamp);
        outputs.mask(key, parcel, state.getMaskChunks(), timestamp);
        kept.keep(key, update.getVersion(), parcel);
        PruningReport report =
                Reports.again(update, contentVersion, outcome, why, command, parcel.updateBytes(), clock.millis());
        outputs.report(report, timestamp);
        listener.rolledBack(key.model(), trigger);
        StoredLifecycle next = Lifecycle.sent(
                Lifecycle.again(state, contentVersion, update.getEvidence()),
                parcel.chunks().size());
        return Standings.again(next, report, update.getModelFingerprint());
    }

    private Architecture architecture(UserModelKey key) {
        return models.source(key.model()).orElseThrow().architecture();
    }
}
