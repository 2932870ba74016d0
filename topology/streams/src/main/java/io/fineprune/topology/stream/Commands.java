package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.ReasonCode;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.schemas.v1.WaitingRecord;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.lifecycle.CommandEffect;
import io.fineprune.topology.lifecycle.Lifecycle;
import io.fineprune.topology.lifecycle.Reports;
import io.fineprune.topology.lifecycle.Why;
import io.fineprune.topology.sums.SumsAccumulator;
import java.util.Optional;
import java.util.Set;

/** Carries out commands on one user, or on the settings that hold for all users of the partition. */
final class Commands {
    private final Models models;
    private final UserStates states;
    private final UserPruner pruner;
    private final Rollbacks rollbacks;
    private final Erasures erasures;
    private final DuePrunings due;
    private final WaitingRecords waiting;
    private final Reservoirs reservoirs;
    private final Deadlines deadlines;
    private final StreamListener listener;

    Commands(
            Models models,
            UserStates states,
            UserPruner pruner,
            Rollbacks rollbacks,
            Erasures erasures,
            DuePrunings due,
            WaitingRecords waiting,
            Reservoirs reservoirs,
            Deadlines deadlines,
            StreamListener listener) {
        this.models = models;
        this.states = states;
        this.pruner = pruner;
        this.rollbacks = rollbacks;
        this.erasures = erasures;
        this.due = due;
        this.waiting = waiting;
        this.reservoirs = reservoirs;
        this.deadlines = deadlines;
        this.listener = listener;
    }

    /** The keys of the user that a command concerns: one model, or every model that the agent runs. */
    Set<String> modelsOf(PruneCommand command) {
        return command.getModelId().isEmpty() ? models.ids() : Set.of(command.getModelId());
    }

    /**
     * Carries out a command on one user and model; while a pruning of the user is due, it waits for that, and nobody else does.
     *
     * @param swept whether the command is for all users; then users without sums are not reported
     */
    void applyToUser(UserModelKey key, PruneCommand command, boolean swept, long timestamp) {
        boolean known = states.lifecycle(key).getCommandIdsList().contains(command.getCommandId());
        if (!known && (due.contains(key) || waiting.contains(key))) {
            waiting.add(
                    key,
                    WaitingRecord.newBuilder()
                            .setCommand(command)
                            .setSwept(swept)
                            .setTimestampMillis(Math.max(0, timestamp))
                            .build());
        } else {
            carryOut(key, command, swept, timestamp);
        }
    }

    /** Carries out a command on a user of whom no pruning is due. */
    void carryOut(UserModelKey key, PruneCommand command, boolean swept, long timestamp) {
        StoredLifecycle state = states.lifecycle(key);
        Lifecycle.Transition transition = Lifecycle.apply(state, command);
        CommandEffect effect = transition.effect();
        if ((effect == CommandEffect.PRUNE || effect == CommandEffect.ROLL_BACK) && states.paused(key, state)) {
            effect = CommandEffect.REFUSED_PAUSED;
        }
        if (!swept || effect != CommandEffect.DUPLICATE) {
            listener.command(command.getAction(), effect);
        }
        StoredLifecycle next = transition.next();
        switch (effect) {
            case DUPLICATE -> {
                return;
            }
            case CHANGED ->
                report(key, next, command, PruningOutcome.PRUNING_OUTCOME_COMMAND_APPLIED, Why.NOTHING, timestamp);
            case FORGET -> {
                states.forgetSums(key);
                reservoirs.forget(key);
                report(key, next, command, PruningOutcome.PRUNING_OUTCOME_COMMAND_APPLIED, Why.NOTHING, timestamp);
            }
            case REFUSED_PAUSED ->
                report(
                        key,
                        next,
                        command,
                        PruningOutcome.PRUNING_OUTCOME_COMMAND_REFUSED,
                        new Why(ReasonCode.REASON_CODE_PAUSED, "The user is paused; resume first"),
                        timestamp);
            case ERASE -> next = erasures.forget(key, next, command, timestamp);
            case ROLL_BACK -> next = rollbacks.rollBack(key, next, command, swept, timestamp);
            case PRUNE -> next = prune(key, next, command, swept, timestamp);
        }
        states.putLifecycle(key, next);
        deadlines.expectAnew(key, next, states.settings(key, next));
    }

    /**
     * Carries out a command on the settings, pause and pin that hold for all users.
     *
     * @return the work that remains for each user
     */
    CommandEffect applyToAll(PruneCommand command, boolean reporting, long timestamp) {
        Lifecycle.Transition transition = Lifecycle.apply(states.fleet(command.getModelId()), command);
        CommandEffect effect = transition.effect();
        listener.command(command.getAction(), effect);
        if (effect == CommandEffect.DUPLICATE) {
            return effect;
        }
        states.putFleet(command.getModelId(), transition.next());
        if (command.hasSettings()
                || command.getUnsetCount() > 0
                || command.getAction() == CommandAction.COMMAND_ACTION_RESUME
                || command.getAction() == CommandAction.COMMAND_ACTION_UNPIN) {
            deadlines.refill();
        }
        if (reporting) {
            String model = command.getModelId().isEmpty() ? Reports.ALL : command.getModelId();
            boolean refused = effect == CommandEffect.REFUSED_PAUSED;
            report(
                    new UserModelKey(Reports.ALL, model),
                    StoredLifecycle.getDefaultInstance(),
                    command,
                    refused
                            ? PruningOutcome.PRUNING_OUTCOME_COMMAND_REFUSED
                            : PruningOutcome.PRUNING_OUTCOME_COMMAND_APPLIED,
                    refused
                            ? new Why(ReasonCode.REASON_CODE_PAUSED, "All users are paused; resume first")
                            : Why.NOTHING,
                    timestamp);
        }
        return effect;
    }

    private StoredLifecycle prune(
            UserModelKey key, StoredLifecycle state, PruneCommand command, boolean swept, long timestamp) {
        Optional<Architecture> architecture = models.source(key.model()).map(model -> model.architecture());
        Optional<SumsAccumulator> sums = architecture.flatMap(known -> states.usableSums(key, known));
        if (sums.isEmpty()) {
            if (!swept) {
                report(
                        key,
                        state,
                        command,
                        PruningOutcome.PRUNING_OUTCOME_NOT_ENOUGH_DATA,
                        new Why(
                                ReasonCode.REASON_CODE_NO_EVENTS,
                                "There is no event of this user and model; is the user spelt right?"),
                        timestamp);
            }
            return state;
        }
        return due.begin(key, state, sums.get(), Trigger.TRIGGER_COMMAND, Optional.of(command), timestamp);
    }

    private void report(
            UserModelKey key,
            StoredLifecycle state,
            PruneCommand command,
            PruningOutcome outcome,
            Why why,
            long timestamp) {
        pruner.unpublished(key, state, Trigger.TRIGGER_COMMAND, Optional.of(command), outcome, why, timestamp);
    }
}
