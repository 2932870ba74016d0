package io.fineprune.agent.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.fineprune.schemas.v1.DeclaredClasses;
import io.fineprune.schemas.v1.LayerLimits;
import io.fineprune.schemas.v1.PruningSettings;
import io.fineprune.schemas.v1.SettingOrigin;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import java.util.Map;
import java.util.TreeMap;

/** Every setting that is in force for somebody, with the layer that it comes from and the command that put it there. */
final class SettingsInForce {
    private static final String SPARSITY = "sparsity";
    private static final String TARGET_MACS = "target_macs";

    private final Map<String, ObjectNode> rows = new TreeMap<>();

    /** @param defaults of the agent's own configuration */
    SettingsInForce(EffectiveSettings defaults) {
        lay(settings(defaults), "agent", StoredLifecycle.getDefaultInstance());
    }

    /**
     * Lays a narrower layer over what there is.
     *
     * @param from whose layer it is
     */
    SettingsInForce over(String from, StoredLifecycle layer) {
        lay(layer.getSettings(), from, layer);
        return this;
    }

    /** @param model whose users these are; empty: of every model */
    void addTo(ArrayNode all, String model) {
        rows.forEach((field, row) -> all.add(row.deepCopy().put("model", model)));
    }

    private void lay(PruningSettings settings, String from, StoredLifecycle layer) {
        if (settings.hasSparsity()) {
            rows.remove(TARGET_MACS);
        } else if (settings.hasTargetMacs()) {
            rows.remove(SPARSITY);
        }
        JsonNode values = ProtoJson.of(settings);
        for (FieldDescriptor field : settings.getAllFields().keySet()) {
            ObjectNode row = Json.object().put("setting", field.getName());
            row.set("value", values.path(field.getJsonName()));
            row.put("from", from);
            for (SettingOrigin origin : layer.getOriginsList()) {
                if (origin.getField().equals(field.getName())) {
                    row.put("commandId", origin.getCommandId());
                    row.put("requestedBy", origin.getRequestedBy());
                    row.put("sinceMillis", origin.getRequestedAtMillis());
                }
            }
            rows.put(field.getName(), row);
        }
    }

    private static PruningSettings settings(EffectiveSettings effective) {
        var plan = effective.plan();
        var personalization = effective.personalization();
        PruningSettings.Builder settings = PruningSettings.newBuilder()
                .setCriterion(plan.criterion())
                .setGranularity(plan.granularity())
                .setScope(plan.scope())
                .setBudgetEvents(effective.budget().events())
                .setBudgetMillis(effective.budget().millis())
                .setKind(personalization.kind())
                .setRepaired(personalization.repaired())
                .setGated(personalization.gated())
                .setOpenToAbsentClasses(personalization.repairs().open());
        plan.targetMacs().ifPresentOrElse(settings::setTargetMacs, () -> settings.setSparsity(plan.sparsity()));
        if (!plan.layerLimits().isEmpty()) {
            LayerLimits.Builder limits = settings.getLayerLimitsBuilder();
            new TreeMap<>(plan.layerLimits())
                    .forEach((layer, share) ->
                            limits.addLimitsBuilder().setLayer(layer).setShare(share));
        }
        if (!personalization.repairs().classes().isEmpty()) {
            settings.setDeclaredClasses(DeclaredClasses.newBuilder()
                    .addAllNames(personalization.repairs().classes()));
        }
        return settings.build();
    }
}
