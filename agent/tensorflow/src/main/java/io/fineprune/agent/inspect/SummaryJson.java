package io.fineprune.agent.inspect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes a summary as JSON. */
public final class SummaryJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SummaryJson() {}

    /** One object: the model, its layers, groups and totals. Groups are counted from 1, as in the table. */
    public static String of(ModelSummary summary) {
        ObjectNode root = JSON.createObjectNode();
        root.put("id", summary.id());
        root.put("fingerprint", summary.fingerprint());
        root.put("input", summary.input());
        root.put("classes", summary.classes());
        ArrayNode layers = root.putArray("layers");
        for (ModelSummary.Row row : summary.rows()) {
            ObjectNode layer = layers.addObject();
            layer.put("name", row.name());
            layer.put("kind", row.kind());
            layer.put("nodes", row.nodes());
            layer.put("inputs", row.inputs());
            layer.put("positions", row.positions());
            layer.put("weights", row.weights());
            layer.put("macs", row.macs());
            row.group().ifPresent(group -> layer.put("group", group + 1));
            layer.put("prunable", row.whyNot().isEmpty());
            layer.put("prunableNodes", row.prunableNodes());
            row.whyNot().ifPresent(reason -> layer.put("reason", reason));
        }
        ArrayNode groups = root.putArray("groups");
        for (int g = 0; g < summary.groups().size(); g++) {
            groups.addObject().put("group", g + 1).put("units", summary.groups().get(g));
        }
        root.putObject("totals")
                .put("nodes", summary.nodes())
                .put("prunableNodes", summary.prunableNodes())
                .put("units", summary.units())
                .put("weights", summary.weights())
                .put("macs", summary.macs());
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Expected a summary that can be written as JSON", e);
        }
    }
}
