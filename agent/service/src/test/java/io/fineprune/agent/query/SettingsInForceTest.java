package io.fineprune.agent.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.fineprune.schemas.v1.PruningSettings;
import io.fineprune.schemas.v1.SettingOrigin;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.pruning.PruningPlan;
import org.junit.jupiter.api.Test;

class SettingsInForceTest {
    private static final EffectiveSettings OWN = new EffectiveSettings(PruningPlan.DEFAULT, new Budget(50, 0, 1));

    @Test
    void shouldSayThatACommandForAllBeatTheAgentsOwnBudget() {
        StoredLifecycle all = StoredLifecycle.newBuilder()
                .setSettings(PruningSettings.newBuilder().setBudgetEvents(8).setGated(false))
                .addOrigins(SettingOrigin.newBuilder()
                        .setField("budget_events")
                        .setCommandId("c1")
                        .setRequestedBy("theo")
                        .setRequestedAtMillis(5))
                .build();
        ArrayNode rows = rows(new SettingsInForce(OWN).over("all users", all));
        JsonNode budget = row(rows, "budget_events");
        assertThat(budget.path("value").asText()).isEqualTo("8");
        assertThat(budget.path("from").asText()).isEqualTo("all users");
        assertThat(budget.path("commandId").asText()).isEqualTo("c1");
        assertThat(budget.path("requestedBy").asText()).isEqualTo("theo");
        assertThat(budget.path("sinceMillis").asLong()).isEqualTo(5);
        assertThat(row(rows, "gated").path("from").asText()).isEqualTo("all users");
        assertThat(row(rows, "criterion").path("from").asText()).isEqualTo("agent");
    }

    @Test
    void shouldShowTheOneOfSparsityAndOperationsThatHolds() {
        StoredLifecycle user = StoredLifecycle.newBuilder()
                .setSettings(PruningSettings.newBuilder().setTargetMacs(0.5))
                .build();
        ArrayNode rows = rows(new SettingsInForce(OWN).over("user", user));
        assertThat(rows.findValuesAsText("setting")).contains("target_macs").doesNotContain("sparsity");
    }

    private static ArrayNode rows(SettingsInForce settings) {
        ArrayNode rows = Json.array();
        settings.addTo(rows, "kws");
        return rows;
    }

    private static JsonNode row(ArrayNode rows, String setting) {
        for (JsonNode row : rows) {
            if (row.path("setting").asText().equals(setting)) {
                return row;
            }
        }
        throw new AssertionError("Expected a row of " + setting + " in " + rows);
    }
}
