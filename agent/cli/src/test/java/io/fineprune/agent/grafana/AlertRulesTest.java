package io.fineprune.agent.grafana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Alert rules: their form, and that promtool finds each to fire and to be quiet when it should. */
class AlertRulesTest {
    private static final Path FOLDER = Dashboards.GRAFANA.resolve("rules");
    private static final YAMLMapper YAML = new YAMLMapper();

    private static List<JsonNode> alerts() throws Exception {
        List<JsonNode> alerts = new ArrayList<>();
        for (JsonNode group :
                YAML.readTree(FOLDER.resolve("fineprune.yaml").toFile()).path("groups")) {
            group.path("rules").forEach(rule -> {
                if (rule.has("alert")) {
                    alerts.add(rule);
                }
            });
        }
        assertThat(alerts).hasSizeGreaterThan(10);
        return alerts;
    }

    @Test
    void shouldNameGradeAndExplainEveryAlert() throws Exception {
        for (JsonNode alert : alerts()) {
            String name = alert.path("alert").asText();
            assertThat(name).matches("Fineprune([A-Z][a-z]+)+");
            assertThat(alert.path("labels").path("severity").asText()).as(name).isIn("critical", "warning", "info");
            JsonNode annotations = alert.path("annotations");
            assertThat(annotations.path("summary").asText()).as(name).isNotBlank();
            assertThat(annotations.path("description").asText()).as(name).isNotBlank();
            assertThat(annotations.path("runbook_url").asText()).as(name).endsWith("/grafana/runbooks/" + name + ".md");
            Path runbook = Dashboards.GRAFANA.resolve("runbooks").resolve(name + ".md");
            assertThat(runbook).exists();
            assertThat(Files.readString(runbook)).contains("## What it means", "## What to do");
        }
    }

    @Test
    void shouldAskBothWindowsAndForTrafficWhenAnAlertIsOnABurnRate() throws Exception {
        int burning = 0;
        for (JsonNode alert : alerts()) {
            String expression = alert.path("expr").asText();
            if (expression.contains(":ratio_rate")) {
                burning++;
                boolean fast = expression.contains("ratio_rate1h");
                for (String window : fast ? List.of("1h", "5m", "6h", "30m") : List.of("1d", "2h", "3d", "6h")) {
                    assertThat(expression).contains("ratio_rate" + window + " >");
                }
                assertThat(expression).containsPattern("events:rate\\w+ > 0\\.1");
                assertThat(alert.path("labels").path("severity").asText()).isEqualTo(fast ? "critical" : "warning");
            }
        }
        assertThat(burning).isEqualTo(4);
    }

    @Test
    void shouldHaveAFiringAndAQuietCaseForEachAlert() throws Exception {
        Set<String> firing = new HashSet<>();
        Set<String> quiet = new HashSet<>();
        for (JsonNode test :
                YAML.readTree(FOLDER.resolve("fineprune-test.yaml").toFile()).path("tests")) {
            for (JsonNode rule : test.path("alert_rule_test")) {
                (rule.path("exp_alerts").isEmpty() ? quiet : firing)
                        .add(rule.path("alertname").asText());
            }
        }
        for (JsonNode alert : alerts()) {
            assertThat(firing).contains(alert.path("alert").asText());
            assertThat(quiet).contains(alert.path("alert").asText());
        }
    }

    @Test
    void shouldPassPromtool() throws Exception {
        assumeTrue(Tools.find("promtool").isPresent(), "promtool is not on the PATH (Debian package prometheus)");
        for (List<String> command : List.of(
                List.of("promtool", "check", "rules", "fineprune.yaml"),
                List.of("promtool", "test", "rules", "fineprune-test.yaml"),
                List.of("promtool", "check", "config", "--syntax-only", "../prometheus/prometheus.yml"))) {
            Tools.Outcome outcome = Tools.run(FOLDER, command);
            assertThat(outcome.code()).as("%s%n%s", command, outcome.output()).isZero();
        }
    }
}
