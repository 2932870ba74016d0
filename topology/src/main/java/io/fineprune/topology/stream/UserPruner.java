package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.Lifecycle;
import io.fineprune.topology.lifecycle.MaskUpdates;
import io.fineprune.topology.lifecycle.Personalization;
import io.fineprune.topology.lifecycle.PersonalizationPlan;
import io.fineprune.topology.lifecycle.Reports;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.sums.ActivationSums;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a mask of a user's sums, publishes and reports it. */
final class UserPruner {
    private static final Logger LOG = LoggerFactory.getLogger(UserPruner.class);

    private final Models models;
    private final Outputs outputs;
    private final KeptUpdates kept;
    private final StreamListener listener;
    private final Clock clock;

    UserPruner(Models models, Outputs outputs, KeptUpdates kept, StreamListener listener, Clock clock) {
        this.models = models;
        this.outputs = outputs;
        this.kept = kept;
        this.listener = listener;
        this.clock = clock;
    }

    /**
     * Prunes a user.
     *
     * @param sums of at least one event
     * @param reservoir the user's kept inputs
     * @param command that asked for it; empty when the budget did
     * @param timestamp of the record that led to it
     * @return the state after it
     */
    StoredLifecycle prune(
            UserModelKey key,
            StoredLifecycle state,
            ActivationSums sums,
            List<ModelInput> reservoir,
            EffectiveSettings settings,
            Trigger trigger,
            Optional<PruneCommand> command,
            long timestamp) {
        long start = System.nanoTime();
        PersonalizationPlan plan = trigger == Trigger.TRIGGER_COMMAND
                ? settings.personalization()
                : settings.forRound(state.getPrunings() + 1);
        // Who asks for other settings has decided against what is in force: then only the source model must not be
        // better.
        Personalization made;
        byte[] bytes = new byte[0];
        Optional<MaskUpdate> update = Optional.empty();
        Architecture architecture = models.source(key.model()).orElseThrow().architecture();
        try {
            Optional<AccuracyEstimate> atLeast = trigger == Trigger.TRIGGER_COMMAND
                    ? Optional.empty()
                    : trigger == Trigger.TRIGGER_DRIFT ? onNewEvents(key, state, reservoir, plan) : current(state);
            made = models.personalizer(key.model()).orElseThrow().personalize(sums, reservoir, plan, atLeast);
            if (made instanceof Personalization.Ready ready) {
                update = Optional.of(MaskUpdates.of(key, architecture, ready, sums, state.getVersion() + 1, trigger));
                bytes = outputs.encode(update.get(), timestamp);
            }
        } catch (RuntimeException e) {
            // A mask too large for a message, most likely. Trying again with every event would help nobody.
            LOG.warn("Could not prune user {} of model {}", key.user(), key.model(), e);
            unpublished(
                    key,
                    state,
                    trigger,
                    command,
                    PruningOutcome.PRUNING_OUTCOME_COMMAND_REFUSED,
                    "Could not prune: " + e.getMessage(),
                    timestamp);
            return Lifecycle.seen(state, sums.events());
        }
        long nanos = System.nanoTime() - start;
        if (made instanceof Personalization.Ready ready) {
            outputs.mask(key, bytes, timestamp);
            kept.keep(key, update.orElseThrow().getVersion(), bytes);
            outputs.report(
                    Reports.published(
                            update.orElseThrow(), command, ready.source(), bytes.length, nanos / 1_000, clock.millis()),
                    timestamp);
            listener.pruned(key.model(), trigger, SparsityReport.of(architecture, ready.mask()), bytes.length, nanos);
            StoredLifecycle next = Lifecycle.published(state, sums.events(), ready.estimate());
            boolean steppedBack = plan.gated()
                    && plan.pruning().targetMacs().isEmpty()
                    && ready.plan().sparsity() < plan.pruning().sparsity();
            return gradual(settings, trigger) && steppedBack ? Lifecycle.ended(next) : next;
        }
        boolean held = made instanceof Personalization.HeldBack;
        unpublished(
                key,
                state,
                trigger,
                command,
                held ? PruningOutcome.PRUNING_OUTCOME_HELD_BACK : PruningOutcome.PRUNING_OUTCOME_NOT_ENOUGH_DATA,
                made instanceof Personalization.HeldBack heldBack
                        ? heldBack.reason()
                        : ((Personalization.NotEnoughData) made).reason(),
                timestamp);
        StoredLifecycle next = Lifecycle.seen(state, sums.events());
        return gradual(settings, trigger) && held ? Lifecycle.ended(next) : next;
    }

    /** Rounds go no further once going further is estimated worse (Eq. 2): what was published before stays. */
    private static boolean gradual(EffectiveSettings settings, Trigger trigger) {
        return settings.budget().gradual() && trigger != Trigger.TRIGGER_COMMAND;
    }

    /** What was estimated of the model in force on other events holds no longer. */
    private Optional<AccuracyEstimate> onNewEvents(
            UserModelKey key, StoredLifecycle state, List<ModelInput> reservoir, PersonalizationPlan plan) {
        Architecture architecture = models.source(key.model()).orElseThrow().architecture();
        return kept.read(key, state.getVersion())
                .filter(update -> MaskUpdates.isOf(update, architecture))
                .flatMap(update -> models.personalizer(key.model())
                        .orElseThrow()
                        .estimate(MaskUpdates.content(update, architecture), reservoir, plan));
    }

    private static Optional<AccuracyEstimate> current(StoredLifecycle state) {
        return state.hasEstimatedAccuracy() ? Optional.of(state.getEstimatedAccuracy()) : Optional.empty();
    }

    /** Reports why a user is not pruned, or that a command was carried out which does not prune. */
    void unpublished(
            UserModelKey key,
            StoredLifecycle state,
            Trigger trigger,
            Optional<PruneCommand> command,
            PruningOutcome outcome,
            String reason,
            long timestamp) {
        if (outcome != PruningOutcome.PRUNING_OUTCOME_COMMAND_APPLIED) {
            listener.notPruned(key.model(), trigger, outcome);
        }
        outputs.report(
                Reports.unpublished(key, trigger, command, outcome, reason, state.getVersion(), clock.millis()),
                timestamp);
    }
}
