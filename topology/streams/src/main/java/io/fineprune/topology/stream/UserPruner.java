package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MaskParcel;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.ReasonCode;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.lifecycle.ClassWatch;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.Lifecycle;
import io.fineprune.topology.lifecycle.MaskUpdates;
import io.fineprune.topology.lifecycle.Personalization;
import io.fineprune.topology.lifecycle.PersonalizationPlan;
import io.fineprune.topology.lifecycle.Reports;
import io.fineprune.topology.lifecycle.Standings;
import io.fineprune.topology.lifecycle.Why;
import io.fineprune.topology.pruning.SparsityReport;
import io.fineprune.topology.sums.ActivationSums;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Computes a user's mask from the sums, on any thread; publishes and reports it on the stream thread. */
final class UserPruner {
    private static final Logger LOG = LoggerFactory.getLogger(UserPruner.class);

    private final Models models;
    private final Outputs outputs;
    private final KeptUpdates kept;
    private final StreamListener listener;
    private final Clock clock;

    /**
     * The complete input of a pruning, fixed when it falls due.
     *
     * @param state of the user, in which the pruning counts as seen already
     * @param sums of at least one event
     * @param reservoir the user's kept inputs
     * @param inForce the user's update in force, if this is needed to compare with it on new events
     * @param command that asked for it; empty when the budget did
     * @param timestamp of the record that led to it
     */
    record Task(
            UserModelKey key,
            StoredLifecycle state,
            ActivationSums sums,
            List<ModelInput> reservoir,
            Optional<MaskUpdate> inForce,
            EffectiveSettings settings,
            Trigger trigger,
            Optional<PruneCommand> command,
            long timestamp) {
        PersonalizationPlan plan() {
            return trigger == Trigger.TRIGGER_COMMAND
                    ? settings.personalization()
                    : settings.forRound(state.getPrunings());
        }

        /**
         * Tells whether rounds end once the next one is estimated worse (the paper's Eq. 2), so that the last
         * published update stays.
         */
        boolean gradual() {
            return settings.budget().gradual() && trigger != Trigger.TRIGGER_COMMAND;
        }
    }

    /** Result of a pruning. */
    sealed interface Made {
        record Update(Personalization.Ready ready, MaskUpdate update, MaskParcel parcel, long nanos) implements Made {}

        /**
         * No update.
         *
         * @param held what was thought of the best one, where it was judged
         * @param tryAgain whether more events may change that
         */
        record Nothing(PruningOutcome outcome, Why why, Optional<Personalization.HeldBack> held, boolean tryAgain)
                implements Made {
            Nothing(PruningOutcome outcome, Why why) {
                this(outcome, why, Optional.empty(), false);
            }
        }
    }

    UserPruner(Models models, Outputs outputs, KeptUpdates kept, StreamListener listener, Clock clock) {
        this.models = models;
        this.outputs = outputs;
        this.kept = kept;
        this.listener = listener;
        this.clock = clock;
    }

    /**
     * Computes a pruning: a function of the task alone. Any thread may call it.
     *
     * @throws CancellationException if the thread was interrupted
     */
    Made make(Task task) {
        long start = System.nanoTime();
        UserModelKey key = task.key();
        Architecture architecture = models.source(key.model()).orElseThrow().architecture();
        try {
            Personalization made = models.personalizer(key.model())
                    .orElseThrow()
                    .personalize(task.sums(), task.reservoir(), task.plan(), atLeast(task));
            if (made instanceof Personalization.Ready ready) {
                MaskUpdate update = MaskUpdates.of(
                        key, architecture, ready, task.sums(), task.state().getVersion() + 1, task.trigger());
                MaskParcel parcel = outputs.encode(update, task.timestamp());
                return new Made.Update(ready, update, parcel, System.nanoTime() - start);
            }
            return made instanceof Personalization.HeldBack held
                    ? new Made.Nothing(PruningOutcome.PRUNING_OUTCOME_HELD_BACK, held.why(), Optional.of(held), false)
                    : new Made.Nothing(
                            PruningOutcome.PRUNING_OUTCOME_NOT_ENOUGH_DATA,
                            ((Personalization.NotEnoughData) made).why(),
                            Optional.empty(),
                            task.trigger() != Trigger.TRIGGER_COMMAND
                                    && ((Personalization.NotEnoughData) made).moreMayDo());
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException e) {
            // Most likely the mask is too large to be sent. Trying again at every event would fail in the same way.
            LOG.warn("Could not prune user {} of model {}", key.user(), key.model(), e);
            return new Made.Nothing(
                    PruningOutcome.PRUNING_OUTCOME_COMMAND_REFUSED,
                    new Why(ReasonCode.REASON_CODE_FAILED, "Could not prune: " + e.getMessage()));
        }
    }

    /**
     * Publishes and reports the result of a task.
     *
     * @param state the user's present state
     * @return the state after it
     */
    StoredLifecycle publish(Task task, Made made, StoredLifecycle state) {
        UserModelKey key = task.key();
        if (made instanceof Made.Update update) {
            Personalization.Ready ready = update.ready();
            outputs.mask(key, update.parcel(), state.getMaskChunks(), task.timestamp());
            kept.keep(key, update.update().getVersion(), update.parcel());
            PruningReport report = Reports.published(
                    update.update(),
                    task.command(),
                    Reports.Made.of(ready),
                    update.parcel().updateBytes(),
                    update.nanos() / 1_000,
                    clock.millis());
            outputs.report(report, task.timestamp());
            Architecture architecture = models.source(key.model()).orElseThrow().architecture();
            listener.pruned(
                    key.model(),
                    task.trigger(),
                    SparsityReport.of(architecture, ready.mask()),
                    update.parcel().updateBytes(),
                    update.nanos());
            StoredLifecycle next = Lifecycle.sent(
                    Lifecycle.published(ClassWatch.decided(state, ready.met()), ready.estimate()),
                    update.parcel().chunks().size());
            next = Standings.published(next, report, update.update().getModelFingerprint());
            PersonalizationPlan plan = task.plan();
            boolean steppedBack = plan.gated()
                    && plan.pruning().targetMacs().isEmpty()
                    && ready.plan().sparsity() < plan.pruning().sparsity();
            return task.gradual() && steppedBack ? Lifecycle.ended(next) : next;
        }
        Made.Nothing nothing = (Made.Nothing) made;
        PruningReport report = Reports.unpublished(
                key,
                task.trigger(),
                task.command(),
                nothing.outcome(),
                nothing.why(),
                state.getVersion(),
                clock.millis());
        if (nothing.held().isPresent()) {
            report = Reports.heldBack(report, nothing.held().get(), MaskUpdates.evidence(task.sums()));
        }
        listener.notPruned(key.model(), task.trigger(), nothing.outcome());
        outputs.report(report, task.timestamp());
        boolean held = nothing.outcome() == PruningOutcome.PRUNING_OUTCOME_HELD_BACK;
        StoredLifecycle next = Standings.unpublished(state, report);
        if (nothing.tryAgain()) {
            return ClassWatch.tooLittle(next, task.trigger(), task.sums().events());
        }
        next = nothing.held().isPresent()
                ? ClassWatch.decided(next, nothing.held().get().met())
                : next;
        return task.gradual() && held ? Lifecycle.ended(next) : next;
    }

    /** Returns the update in force if a pruning with this trigger has to be compared with it on new events. */
    Optional<MaskUpdate> inForce(UserModelKey key, StoredLifecycle state, Trigger trigger) {
        return onEventsOfItsOwn(trigger) ? kept.read(key, state.getVersion()) : Optional.empty();
    }

    /**
     * Tells whether the estimate of the update in force, made on its own round's events, is out of date for the
     * present ones.
     */
    private static boolean onEventsOfItsOwn(Trigger trigger) {
        return trigger == Trigger.TRIGGER_DRIFT || trigger == Trigger.TRIGGER_LATER_CLASSES;
    }

    /**
     * Estimated accuracy of what is in force. Who asks for other settings has decided against that: then only the source model
     * must not be better. After a drift and with later classes, what was estimated on other events holds no longer.
     */
    private Optional<AccuracyEstimate> atLeast(Task task) {
        return switch (task.trigger()) {
            case TRIGGER_COMMAND -> Optional.empty();
            case TRIGGER_DRIFT, TRIGGER_LATER_CLASSES -> onNewEvents(task);
            default ->
                task.state().hasEstimatedAccuracy()
                        ? Optional.of(task.state().getEstimatedAccuracy())
                        : Optional.empty();
        };
    }

    private Optional<AccuracyEstimate> onNewEvents(Task task) {
        String model = task.key().model();
        Architecture architecture = models.source(model).orElseThrow().architecture();
        return task.inForce()
                .filter(update -> MaskUpdates.isOf(update, architecture))
                .flatMap(update -> models.personalizer(model)
                        .orElseThrow()
                        .estimate(MaskUpdates.content(update, architecture), task.reservoir(), task.plan()));
    }

    /** Reports why a user is not pruned, or that a command was carried out which does not prune. */
    void unpublished(
            UserModelKey key,
            StoredLifecycle state,
            Trigger trigger,
            Optional<PruneCommand> command,
            PruningOutcome outcome,
            Why why,
            long timestamp) {
        if (outcome != PruningOutcome.PRUNING_OUTCOME_COMMAND_APPLIED) {
            listener.notPruned(key.model(), trigger, outcome);
        }
        outputs.report(
                Reports.unpublished(key, trigger, command, outcome, why, state.getVersion(), clock.millis()),
                timestamp);
    }
}
