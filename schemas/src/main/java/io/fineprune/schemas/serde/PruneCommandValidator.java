package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningSettings;

/** Bounds of {@link PruneCommand} and {@link PruningSettings}. */
final class PruneCommandValidator implements Validator<PruneCommand> {
    private static final double MAX_SPARSITY = 0.99;
    private static final long MAX_BUDGET_EVENTS = 1_000_000;
    private static final long MAX_BUDGET_MILLIS = 31_536_000_000L;

    @Override
    public void validate(PruneCommand command) {
        Check.text("prune_command.command_id", command.getCommandId(), 1, Identifiers.MAX_COMMAND_BYTES);
        Check.text("prune_command.user_id", command.getUserId(), 0, Identifiers.MAX_USER_BYTES);
        Check.text("prune_command.model_id", command.getModelId(), 0, Identifiers.MAX_MODEL_BYTES);
        Check.specified("prune_command.action", command.getActionValue(), command.getAction());
        if (command.hasSettings()) {
            settings("prune_command.settings", command.getSettings());
        }
        Check.text("prune_command.requested_by", command.getRequestedBy(), 0, Identifiers.MAX_REQUESTER_BYTES);
        Check.atLeast("prune_command.requested_at_millis", command.getRequestedAtMillis(), 1);
    }

    /** @param field path of the settings, for errors */
    static void settings(String field, PruningSettings settings) {
        if (settings.hasSparsity()) {
            Check.range(field + ".sparsity", settings.getSparsity(), 0, MAX_SPARSITY);
        }
        if (settings.hasCriterion()) {
            Check.specified(field + ".criterion", settings.getCriterionValue(), settings.getCriterion());
        }
        if (settings.hasGranularity()) {
            Check.specified(field + ".granularity", settings.getGranularityValue(), settings.getGranularity());
        }
        if (settings.hasScope()) {
            Check.specified(field + ".scope", settings.getScopeValue(), settings.getScope());
        }
        if (settings.hasBudgetEvents()) {
            Check.range(field + ".budget_events", settings.getBudgetEvents(), 1, MAX_BUDGET_EVENTS);
        }
        if (settings.hasBudgetMillis()) {
            Check.range(field + ".budget_millis", settings.getBudgetMillis(), 0, MAX_BUDGET_MILLIS);
        }
        if (settings.hasKind()) {
            Check.specified(field + ".kind", settings.getKindValue(), settings.getKind());
        }
    }
}
