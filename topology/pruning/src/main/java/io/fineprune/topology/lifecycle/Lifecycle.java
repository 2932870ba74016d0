package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.Evidence;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredRounds;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.budget.BudgetProgress;
import java.util.List;
import java.util.Optional;

/**
 * The state machine of one user and model, and of the layer that holds for all users. A paused user is one whose own state
 * or that of all users is paused; so with the pin.
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>state</th><th>on</th><th>next state</th><th>effect</th></tr>
 * <tr><td>any</td><td>command carried out before (of the last 32)</td><td>the same</td><td>none</td></tr>
 * <tr><td>counting</td><td>event</td><td>counting; waiting since the first event after a pruning</td><td>fold</td></tr>
 * <tr><td>counting</td><td>budget reached</td><td>counting; events seen</td><td>prune</td></tr>
 * <tr><td>counting</td><td>pruning done</td><td>counting; version + 1</td><td>publish</td></tr>
 * <tr><td>counting</td><td>gradual budget, and the next round estimated worse</td><td>counting; rounds ended</td>
 * <td>report: held back, or publish what prunes less</td></tr>
 * <tr><td>counting</td><td>REPRUNE, sums held</td><td>counting; settings merged; events seen</td><td>prune</td></tr>
 * <tr><td>counting</td><td>REPRUNE, no sums</td><td>counting; settings merged</td><td>report: not enough data</td></tr>
 * <tr><td>any</td><td>CONFIGURE</td><td>the same; settings merged</td><td>report</td></tr>
 * <tr><td>any</td><td>RESET</td><td>the same; no sums, version kept, settings kept</td><td>forget, report</td></tr>
 * <tr><td>counting</td><td>PAUSE</td><td>paused</td><td>report</td></tr>
 * <tr><td>paused</td><td>event</td><td>paused</td><td>not counted</td></tr>
 * <tr><td>paused</td><td>REPRUNE</td><td>paused; settings merged</td><td>report: refused</td></tr>
 * <tr><td>paused</td><td>RESUME</td><td>counting</td><td>report</td></tr>
 * <tr><td>counting</td><td>ROLLBACK, that version kept</td><td>counting; version + 1</td><td>publish its content</td></tr>
 * <tr><td>counting</td><td>ROLLBACK, that version not kept</td><td>the same</td><td>report: refused</td></tr>
 * <tr><td>paused</td><td>ROLLBACK</td><td>the same</td><td>report: refused</td></tr>
 * <tr><td>counting, pruned before</td><td>block of events beyond the drift threshold</td><td>counting; no sums; drifted</td>
 * <td>none; the next round of the budget has trigger DRIFT</td></tr>
 * <tr><td>counting, pruned before</td><td>block of events with classes that the last round did not meet</td><td>counting; a round
 * due some events later</td><td>none; that round has trigger LATER_CLASSES</td></tr>
 * <tr><td>counting</td><td>round without enough data</td><td>counting; a round due a quarter more events later</td>
 * <td>report: not enough data</td></tr>
 * <tr><td>any</td><td>FORGET, or idle for too long</td><td>counting; nothing but the version</td>
 * <td>erase, also the mask; report: forgotten, expired</td></tr>
 * <tr><td>any</td><td>devices on which the version in force fails reach the limit</td>
 * <td>the same; version + 1</td><td>publish the content before it; report: quarantined</td></tr>
 * <tr><td>any</td><td>PIN, UNPIN</td><td>the same; pinned, not pinned</td><td>report</td></tr>
 * <tr><td>pinned</td><td>budget reached</td><td>the same until unpinned</td><td>none</td></tr>
 * <tr><td>any</td><td>event, stored sums of another graph</td><td>upgrading: sums and rounds begun anew, those of the other graph kept
 * beside them, version kept</td><td>none</td></tr>
 * <tr><td>upgrading</td><td>pruning done</td><td>counting; version + 1; what was kept is gone</td><td>publish</td></tr>
 * <tr><td>upgrading</td><td>event, the graph before again</td><td>counting; what was kept instead of what was new</td>
 * <td>none</td></tr>
 * <tr><td>upgrading</td><td>event, a third graph</td><td>upgrading: sums and rounds begun anew, what was kept is kept</td>
 * <td>none</td></tr>
 * </table>
 *
 * <p>The version never falls: no transition lowers it and the state is never deleted.
 */
public final class Lifecycle {
    /** Number of the latest commands whose ids are remembered, so that a repeated one is recognised. */
    public static final int REMEMBERED_COMMANDS = 32;

    private Lifecycle() {}

    /** Applies a command to a user's state or to the layer for all users; a remembered command changes nothing. */
    public static Transition apply(StoredLifecycle state, PruneCommand command) {
        if (state.getCommandIdsList().contains(command.getCommandId())) {
            return new Transition(state, CommandEffect.DUPLICATE);
        }
        StoredLifecycle.Builder next = remember(state, command.getCommandId());
        return switch (command.getAction()) {
            case COMMAND_ACTION_REPRUNE -> {
                mergeSettings(next, command);
                yield new Transition(
                        next.build(), state.getPaused() ? CommandEffect.REFUSED_PAUSED : CommandEffect.PRUNE);
            }
            case COMMAND_ACTION_CONFIGURE -> {
                mergeSettings(next, command);
                yield new Transition(next.build(), CommandEffect.CHANGED);
            }
            case COMMAND_ACTION_RESET ->
                new Transition(
                        forgotten(next.build()).toBuilder().clearPrevious().build(), CommandEffect.FORGET);
            case COMMAND_ACTION_PAUSE -> new Transition(next.setPaused(true).build(), CommandEffect.CHANGED);
            case COMMAND_ACTION_RESUME -> new Transition(next.setPaused(false).build(), CommandEffect.CHANGED);
            case COMMAND_ACTION_ROLLBACK ->
                new Transition(
                        next.build(), state.getPaused() ? CommandEffect.REFUSED_PAUSED : CommandEffect.ROLL_BACK);
            case COMMAND_ACTION_PIN -> new Transition(next.setPinned(true).build(), CommandEffect.CHANGED);
            case COMMAND_ACTION_UNPIN -> new Transition(next.setPinned(false).build(), CommandEffect.CHANGED);
            case COMMAND_ACTION_FORGET -> new Transition(next.build(), CommandEffect.ERASE);
            case COMMAND_ACTION_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("Expected a known action of command %s, but was %d"
                        .formatted(command.getCommandId(), command.getActionValue()));
        };
    }

    /** Returns the state after an event was counted; the same object if nothing changed. */
    public static StoredLifecycle counted(StoredLifecycle state, long streamTimeMillis) {
        return state.getWaitingSinceMillis() > 0 && !state.getForgotten()
                ? state
                : state.toBuilder()
                        .setForgotten(false)
                        .setWaitingSinceMillis(Math.max(1, streamTimeMillis))
                        .build();
    }

    /**
     * Returns the state after a mask was published.
     *
     * @param estimate of the accuracy of the new version, if known
     */
    public static StoredLifecycle published(StoredLifecycle state, Optional<AccuracyEstimate> estimate) {
        StoredLifecycle.Builder next = state.toBuilder()
                .setVersion(Math.addExact(state.getVersion(), 1))
                .clearContentVersion()
                .clearPrevious()
                .clearFailedDevices()
                .clearEstimatedAccuracy();
        estimate.ifPresent(next::setEstimatedAccuracy);
        return next.build();
    }

    /**
     * The state when the content of an earlier version was published again; what the sums have come to does not change.
     *
     * @param contentVersion that it had; 0: the source model
     * @param evidence of that content
     */
    public static StoredLifecycle again(StoredLifecycle state, long contentVersion, Evidence evidence) {
        StoredLifecycle.Builder next = state.toBuilder()
                .setVersion(Math.addExact(state.getVersion(), 1))
                .setContentVersion(contentVersion)
                .clearFailedDevices()
                .clearEstimatedAccuracy();
        if (evidence.hasEstimatedAccuracy()) {
            next.setEstimatedAccuracy(evidence.getEstimatedAccuracy());
        }
        return next.build();
    }

    /**
     * Returns the state after the version in force was sent in so many chunks; the same object if nothing changed.
     */
    public static StoredLifecycle sent(StoredLifecycle state, int chunks) {
        return state.getMaskChunks() == chunks
                ? state
                : state.toBuilder().setMaskChunks(chunks).build();
    }

    /** The state when a pruning of so many events fell due; it is not tried again, whatever comes of it. */
    public static StoredLifecycle seen(StoredLifecycle state, long events) {
        return state.toBuilder()
                .setEventsAtLastPruning(events)
                .setPrunings(state.getPrunings() + 1)
                .setWaitingSinceMillis(0)
                .setDrifted(false)
                .clearRoundDueAtEvents()
                .clearRoundTrigger()
                .build();
    }

    /** Returns the state after the user's sums were deleted; version and settings stay. */
    public static StoredLifecycle forgotten(StoredLifecycle state) {
        return state.toBuilder()
                .setEventsAtLastPruning(0)
                .setPrunings(0)
                .setWaitingSinceMillis(0)
                .setRoundsEnded(false)
                .clearMetClasses()
                .clearRoundDueAtEvents()
                .clearRoundTrigger()
                .build();
    }

    /**
     * The state when the sums begin anew for another graph; where those of the graph before stood is kept. What is in force is of
     * that graph, so that nothing has to be better than it.
     */
    public static StoredLifecycle upgraded(StoredLifecycle state) {
        StoredLifecycle.Builder next =
                forgotten(state).toBuilder().setDrifted(false).clearEstimatedAccuracy();
        if (!state.hasPrevious()) {
            StoredRounds.Builder previous = StoredRounds.newBuilder()
                    .setEventsAtLastPruning(state.getEventsAtLastPruning())
                    .setPrunings(state.getPrunings())
                    .setWaitingSinceMillis(state.getWaitingSinceMillis())
                    .setRoundsEnded(state.getRoundsEnded())
                    .setDrifted(state.getDrifted());
            if (state.hasEstimatedAccuracy()) {
                previous.setEstimatedAccuracy(state.getEstimatedAccuracy());
            }
            next.setPrevious(previous);
        }
        return next.build();
    }

    /** The state when the graph before is back, before anything was published for the other one. */
    public static StoredLifecycle returned(StoredLifecycle state) {
        StoredRounds previous = state.getPrevious();
        StoredLifecycle.Builder next = state.toBuilder()
                .clearPrevious()
                .setEventsAtLastPruning(previous.getEventsAtLastPruning())
                .setPrunings(previous.getPrunings())
                .setWaitingSinceMillis(previous.getWaitingSinceMillis())
                .setRoundsEnded(previous.getRoundsEnded())
                .setDrifted(previous.getDrifted())
                .clearEstimatedAccuracy();
        if (previous.hasEstimatedAccuracy()) {
            next.setEstimatedAccuracy(previous.getEstimatedAccuracy());
        }
        return next.build();
    }

    /** Returns the state after drift was found: the sums begin anew, and the next round has trigger DRIFT. */
    public static StoredLifecycle drifted(StoredLifecycle state, long streamTimeMillis) {
        return forgotten(state).toBuilder()
                .setDrifted(true)
                .setDriftedAtMillis(Math.max(1, streamTimeMillis))
                .build();
    }

    /**
     * Returns the trigger to report for a round that the budget begins: DRIFT if the sums began anew because of drift, otherwise the
     * given one.
     */
    public static Trigger trigger(StoredLifecycle state, Trigger budget) {
        return state.getDrifted() ? Trigger.TRIGGER_DRIFT : budget;
    }

    /**
     * Returns the state of an erased user, in which only the version is left.
     *
     * @param commandId of the command that asked for it, if one did; it is not to be carried out again
     */
    public static StoredLifecycle erased(StoredLifecycle state, Optional<String> commandId) {
        StoredLifecycle.Builder next =
                StoredLifecycle.newBuilder().setVersion(state.getVersion()).setForgotten(true);
        commandId.ifPresent(next::addCommandIds);
        return next.build();
    }

    /** The state when the rounds of the budget end early: what is in force stays until a command changes that. */
    public static StoredLifecycle ended(StoredLifecycle state) {
        return state.toBuilder().setRoundsEnded(true).build();
    }

    public static BudgetProgress progress(StoredLifecycle state, long events, long streamTimeMillis) {
        return new BudgetProgress(
                events,
                state.getEventsAtLastPruning(),
                state.getPrunings(),
                state.getWaitingSinceMillis(),
                streamTimeMillis,
                state.getRoundsEnded());
    }

    private static void mergeSettings(StoredLifecycle.Builder next, PruneCommand command) {
        if (command.hasSettings() || command.getUnsetCount() > 0) {
            next.setRoundsEnded(false);
            LayeredSettings.merge(next, command);
        }
    }

    private static StoredLifecycle.Builder remember(StoredLifecycle state, String commandId) {
        StoredLifecycle.Builder next = state.toBuilder().clearCommandIds();
        List<String> ids = state.getCommandIdsList();
        next.addAllCommandIds(ids.subList(Math.max(0, ids.size() - REMEMBERED_COMMANDS + 1), ids.size()));
        return next.addCommandIds(commandId);
    }

    /** The state after a command, and the work that remains. */
    public record Transition(StoredLifecycle next, CommandEffect effect) {}
}
