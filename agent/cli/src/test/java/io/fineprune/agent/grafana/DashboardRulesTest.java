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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every dashboard must satisfy, whoever edits it. */
class DashboardRulesTest {
    private static final Set<String> VISUAL = Set.of("stat", "table", "timeseries", "gauge", "bargauge");
    private static final Pattern UNBOUNDED = Pattern.compile("\\b(user|user_id|device|device_id|event|event_id)\\b");
    private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\{([^}]*)}");
    private static final Pattern NAME = Pattern.compile("(?<![a-zA-Z0-9_:\"{])[a-z]+_[a-z0-9_:]+(?![a-zA-Z0-9_:(\"])");
    private static final Pattern TOTAL = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*_total\\b");
    private static final Pattern VARIABLE_QUERY =
            Pattern.compile("(label_names|label_values|metrics|query_result)\\((.*)\\)");
    private static final Set<String> WORDS = Set.of("histogram_quantile", "group_left", "group_right");

    static Stream<Path> dashboards() {
        List<Path> files = Dashboards.files();
        assertThat(files).extracting(file -> file.getFileName().toString()).contains("fleet.json", "pruning.json");
        return files.stream();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldBeFixedAndOfTheClassicSchema(Path file) {
        JsonNode dashboard = Dashboards.read(file);
        assertThat(dashboard.path("schemaVersion").asInt()).isEqualTo(42);
        assertThat(dashboard.path("editable").isBoolean()).isTrue();
        assertThat(dashboard.path("editable").asBoolean()).isFalse();
        assertThat(dashboard.path("uid").asText()).isNotBlank();
        assertThat(dashboard.path("title").asText()).startsWith("Fineprune / ");
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : Dashboards.panels(dashboard)) {
            assertThat(ids.add(panel.path("id").asInt()))
                    .as("id of %s", panel.path("title"))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldOfferDataSourceJobAndInstance(Path file) {
        JsonNode list = Dashboards.read(file).path("templating").path("list");
        JsonNode source = variable(list, "datasource");
        assertThat(source.path("type").asText()).isEqualTo("datasource");
        assertThat(source.path("label").asText()).isEqualTo("Data source");
        for (String name : List.of("job", "instance")) {
            JsonNode variable = variable(list, name);
            assertThat(variable.path("type").asText()).isEqualTo("query");
            assertThat(variable.path("label").asText()).isEqualToIgnoringCase(name);
            assertThat(variable.path("multi").asBoolean()).isTrue();
            assertThat(variable.path("includeAll").asBoolean()).isTrue();
            assertThat(variable.path("allValue").asText()).isEqualTo(".+");
            assertThat(variable.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldAskForVariablesInWaysThatPrometheusKnows(Path file, @TempDir Path folder) throws Exception {
        for (JsonNode variable : Dashboards.read(file).path("templating").path("list")) {
            if (!variable.path("type").asText().equals("query")) {
                continue;
            }
            assertThat(variable.path("refresh").asInt()).isEqualTo(2);
            String query = variable.path("query").path("query").asText();
            assertThat(variable.path("definition").asText()).isEqualTo(query);
            Matcher matcher = VARIABLE_QUERY.matcher(query);
            assertThat(matcher.matches()).as(query).isTrue();
            String inner = matcher.group(2);
            if (matcher.group(1).equals("label_values") && inner.contains(",")) {
                assertParses(List.of(inner.substring(0, inner.lastIndexOf(','))), folder);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldExplainEveryPanelAndTakeItsDataFromTheVariable(Path file) {
        for (JsonNode panel : Dashboards.panels(Dashboards.read(file))) {
            String title = panel.path("title").asText();
            assertThat(panel.path("type").asText()).as(title).isIn(VISUAL);
            assertThat(title).isNotBlank();
            assertThat(panel.path("description").asText()).as(title).isNotBlank();
            assertThat(panel.path("fieldConfig").path("defaults").path("unit").asText())
                    .as(title)
                    .isNotBlank();
            assertThat(panel.path("targets").size()).as(title).isPositive();
            assertThat(panel.path("datasource").path("uid").asText()).as(title).isEqualTo("${datasource}");
            for (JsonNode target : panel.path("targets")) {
                assertThat(target.path("datasource").path("uid").asText())
                        .as(title)
                        .isEqualTo("${datasource}");
            }
        }
    }

    @Test
    void shouldRestrictEverySelectorToJobAndInstance() {
        for (Dashboards.Target target : Dashboards.targets()) {
            String expression = target.expression();
            Matcher selectors = SELECTOR.matcher(expression);
            int found = 0;
            while (selectors.find()) {
                found++;
                assertThat(selectors.group(2))
                        .as("%s: %s", target.panel(), expression)
                        .contains("job=~\"$job\"")
                        .contains("instance=~\"$instance\"");
            }
            assertThat(found).as(expression).isPositive();
            String rest = SELECTOR.matcher(expression).replaceAll("").replaceAll("(by|without|on) *\\([^)]*\\)", "");
            Matcher bare = NAME.matcher(rest);
            while (bare.find()) {
                assertThat(bare.group())
                        .as("%s has a selector without matchers", expression)
                        .isIn(WORDS);
            }
        }
    }

    @Test
    void shouldReadCountersOnlyThroughRates() {
        for (Dashboards.Target target : Dashboards.targets()) {
            String expression = target.expression();
            Matcher total = TOTAL.matcher(expression);
            while (total.find()) {
                assertThat(expression.substring(0, total.start()))
                        .as(expression)
                        .matches("(?s).*\\b(rate|irate|increase)\\($");
            }
            Matcher rate = Pattern.compile("\\bi?rate\\([^\\[]*(\\[[^]]*])").matcher(expression);
            while (rate.find()) {
                assertThat(rate.group(1)).as(expression).isEqualTo("[$__rate_interval]");
            }
        }
    }

    @Test
    void shouldUseNoLabelThatGrowsWithTheFleet() {
        for (Dashboards.Target target : Dashboards.targets()) {
            assertThat(UNBOUNDED.matcher(target.expression()).find())
                    .as(target.expression())
                    .isFalse();
        }
    }

    @Test
    void shouldParseAsPromQl(@TempDir Path folder) throws Exception {
        assertParses(
                Dashboards.targets().stream()
                        .map(target -> Dashboards.expand(target.expression(), 15, 15, 3600))
                        .toList(),
                folder);
    }

    @Test
    void shouldBeProvisionedReadOnly() throws Exception {
        YAMLMapper yaml = new YAMLMapper();
        JsonNode dashboards = yaml.readTree(Dashboards.GRAFANA
                .resolve("provisioning/dashboards/fineprune.yaml")
                .toFile());
        assertThat(dashboards.path("providers")).isNotEmpty();
        for (JsonNode provider : dashboards.path("providers")) {
            assertThat(provider.path("allowUiUpdates").isBoolean()).isTrue();
            assertThat(provider.path("allowUiUpdates").asBoolean()).isFalse();
        }
        JsonNode sources = yaml.readTree(Dashboards.GRAFANA
                .resolve("provisioning/datasources/prometheus.yaml")
                .toFile());
        assertThat(sources.path("datasources").get(0).path("type").asText()).isEqualTo("prometheus");
        assertThat(sources.path("datasources").get(0).path("editable").asBoolean())
                .isFalse();
    }

    /** Each expression as a rule, all checked by promtool at once. */
    private static void assertParses(List<String> expressions, Path folder) throws Exception {
        assumeTrue(Tools.find("promtool").isPresent(), "promtool is not on the PATH (Debian package prometheus)");
        List<Object> rules = new ArrayList<>();
        for (int i = 0; i < expressions.size(); i++) {
            rules.add(java.util.Map.of(
                    "record", "r" + i, "expr", expressions.get(i).replace("$job", ".+")));
        }
        Path file = folder.resolve("expressions.yaml");
        Files.writeString(
                file,
                new YAMLMapper()
                        .writeValueAsString(java.util.Map.of(
                                "groups", List.of(java.util.Map.of("name", "expressions", "rules", rules)))));
        Tools.Outcome outcome = Tools.run(folder, List.of("promtool", "check", "rules", file.toString()));
        assertThat(outcome.code()).as(outcome.output()).isZero();
    }

    private static JsonNode variable(JsonNode list, String name) {
        for (JsonNode variable : list) {
            if (variable.path("name").asText().equals(name)) {
                return variable;
            }
        }
        throw new AssertionError("Expected a variable " + name + ", but there is none");
    }
}
