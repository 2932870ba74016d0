package io.fineprune.schemas.serde;

import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.DeclaredClasses;
import io.fineprune.schemas.v1.LayerLimit;
import io.fineprune.schemas.v1.LayerLimits;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningSettings;
import java.util.HashSet;
import java.util.Set;

/** Bounds of {@link PruneCommand} and {@link PruningSettings}. */
final class PruneCommandValidator implements Validator<PruneCommand> {
    private static final int MAX_CLASSES = 65_536;
    private static final int MAX_CLASSES_BYTES = 262_144;
    private static final int MAX_CLASS_BYTES = 128;
    private static final double MAX_SPARSITY = 0.99;
    private static final double MIN_TARGET_MACS = 0.001;
    private static final int MAX_LAYER_BYTES = 512;
    private static final int MAX_LIMITS_BYTES = 8192;

    /** Most layers with a limit of their own in one message. */
    static final int MAX_LIMITS = 256;

    /** Fields of PruningSettings that a message names. */
    static final int MAX_ORIGINS = 32;

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
        Check.atLeast("prune_command.to_version", command.getToVersion(), 0);
        if (command.hasToVersion() && command.getAction() != CommandAction.COMMAND_ACTION_ROLLBACK) {
            throw Check.expected("a version with ROLLBACK only", "prune_command.to_version", command.getAction());
        }
        unset(command);
    }

    private static void unset(PruneCommand command) {
        Check.range("prune_command.unset", command.getUnsetCount(), 0, MAX_ORIGINS);
        if (command.getUnsetCount() > 0
                && command.getAction() != CommandAction.COMMAND_ACTION_CONFIGURE
                && command.getAction() != CommandAction.COMMAND_ACTION_REPRUNE) {
            throw Check.expected("names with CONFIGURE and REPRUNE only", "prune_command.unset", command.getAction());
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < command.getUnsetCount(); i++) {
            String name = command.getUnset(i);
            String at = "prune_command.unset[" + i + "]";
            if (PruningSettings.getDescriptor().findFieldByName(name) == null) {
                throw Check.expected("a field of PruningSettings", at, name);
            }
            if (!names.add(name)) {
                throw Check.expected("each field once", at, name + " again");
            }
        }
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
        if (settings.hasTargetMacs()) {
            Check.range(field + ".target_macs", settings.getTargetMacs(), MIN_TARGET_MACS, 1);
            if (settings.hasSparsity()) {
                throw Check.expected("only one of sparsity and target_macs", field, "both");
            }
        }
        layerLimits(field + ".layer_limits", settings.getLayerLimits());
        declaredClasses(field + ".declared_classes", settings.getDeclaredClasses());
        if (settings.hasKind()) {
            Check.specified(field + ".kind", settings.getKindValue(), settings.getKind());
        }
    }

    private static void declaredClasses(String field, DeclaredClasses declared) {
        int count = declared.getNamesCount();
        if (count == 1) {
            throw Check.expected("none or at least two classes", field + ".names", "1");
        }
        Check.range(field + ".names", count, 0, MAX_CLASSES);
        Check.range(field + " (bytes)", declared.getSerializedSize(), 0, MAX_CLASSES_BYTES);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < count; i++) {
            String at = field + ".names[" + i + "]";
            Check.text(at, declared.getNames(i), 1, MAX_CLASS_BYTES);
            if (!names.add(declared.getNames(i))) {
                throw Check.expected("each class once", at, declared.getNames(i) + " again");
            }
        }
    }

    private static void layerLimits(String field, LayerLimits limits) {
        Check.range(field + ".limits", limits.getLimitsCount(), 0, MAX_LIMITS);
        Check.range(field + " (bytes)", limits.getSerializedSize(), 0, MAX_LIMITS_BYTES);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < limits.getLimitsCount(); i++) {
            LayerLimit limit = limits.getLimits(i);
            String at = field + ".limits[" + i + "]";
            Check.text(at + ".layer", limit.getLayer(), 1, MAX_LAYER_BYTES);
            Check.range(at + ".share", limit.getShare(), 0, MAX_SPARSITY);
            if (!names.add(limit.getLayer())) {
                throw Check.expected("each layer once", at + ".layer", limit.getLayer() + " again");
            }
        }
    }
}
