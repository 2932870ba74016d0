package io.fineprune.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fineprune.agent.metrics.MonitoringServer;
import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.UpkeepSettings;
import io.fineprune.topology.pruning.PruningPlan;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two agents share a fleet; either can be asked for any user. */
class QueryApiTest {
    private static final List<String> USERS = List.of("ada", "boris", "chen", "dora & co", "emil/7", "fay+g");
    private static final int BUDGET = 20;
    private static final String TOKEN = "0123456789abcdef";

    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();

    @Test
    void shouldAnswerForEveryUserWhicheverAgentIsAsked(@TempDir Path folder) throws Exception {
        try (Fleet fleet = new Fleet(folder)) {
            Topics topics = fleet.topics("query");
            try (Running first = new Running(fleet, topics, folder.resolve("first"));
                    Running second = new Running(fleet, topics, folder.resolve("second"))) {
                first.awaitPartitions();
                second.awaitPartitions();
                for (String user : USERS) {
                    fleet.send(topics, fleet.events(user, "ada", 0, user.equals("chen") ? BUDGET / 2 : BUDGET + 3));
                }
                Fleet.await(
                        () -> bothKnowTheirUsers(first, second),
                        () -> "all users known, but found %s and %s"
                                .formatted(names(first.agent), names(second.agent)));
                JsonNode schemas = new YAMLMapper()
                        .readTree(get(first, "/api/v1/openapi.yaml").body())
                        .at("/components/schemas");
                for (Running asked : List.of(first, second)) {
                    assertList(asked, schemas);
                    assertPages(asked);
                    assertFleet(asked, schemas);
                    assertSettings(asked, schemas);
                    for (String user : USERS) {
                        assertUser(asked, user, schemas);
                    }
                    JsonNode model =
                            read(asked, "/api/v1/models").path("models").get(0);
                    assertThat(model.path("model").asText()).isEqualTo(fleet.modelId());
                    assertDescribed(model, schemas.path("Model"));
                    assertRefusals(asked);
                    assertCommands(asked, schemas);
                }
            }
        }
    }

    @Test
    void shouldCountEveryUserOnceWhenAgentsHaveComeAndGone(@TempDir Path folder) throws Exception {
        int users = 12;
        try (Fleet fleet = new Fleet(folder)) {
            Topics topics = fleet.topics("counts");
            try (Running first = new Running(fleet, topics, folder.resolve("first"))) {
                for (int u = 0; u < users; u++) {
                    fleet.send(topics, fleet.events("user-" + u, "ada", 0, u == 0 ? BUDGET / 2 : BUDGET + 3));
                }
                awaitCounts(first, users);
                try (Running second = new Running(fleet, topics, folder.resolve("second"))) {
                    second.awaitPartitions();
                    awaitCounts(first, users);
                    awaitCounts(second, users);
                }
                awaitCounts(first, users);
            }
        }
    }

    /** Until all partitions answer; then every user is there once, with one decision of one round, but the one without events enough. */
    private void awaitCounts(Running asked, int users) throws Exception {
        Fleet.await(
                () -> {
                    JsonNode fleet = fleet(asked);
                    return fleet.path("partitionsAnswered").asInt() == Fleet.PARTITIONS
                            && fleet.path("unansweredAgents").asInt() == 0
                            && fleet.path("rounds").asInt() >= users - 1;
                },
                () -> "a settled fleet, found " + fleet(asked));
        assertThat(fleet(asked).path("users").asInt()).isEqualTo(users);
        assertThat(fleet(asked).path("rounds").asInt()).isEqualTo(users - 1);
        List<String> names =
                read(asked, "/api/v1/users?limit=100").path("users").findValuesAsText("user");
        assertThat(names).hasSize(users).doesNotHaveDuplicates();
        for (int u = 1; u < users; u++) {
            String path = "/api/v1/users/user-" + u;
            Fleet.await(() -> decisions(asked, path) > 0, () -> "a decision at " + path);
            assertThat(decisions(asked, path)).as(path).isEqualTo(1);
        }
    }

    private JsonNode fleet(Running asked) {
        try {
            return read(asked, "/api/v1/fleet");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private int decisions(Running asked, String path) {
        try {
            return read(asked, path).path("states").get(0).path("history").size();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void assertList(Running asked, JsonNode schemas) throws Exception {
        JsonNode all = read(asked, "/api/v1/users?sort=user&limit=50");
        assertThat(all.path("users").findValuesAsText("user")).containsExactlyElementsOf(USERS);
        assertThat(all.path("unansweredAgents").asInt()).isZero();
        all.path("users").forEach(user -> assertDescribed(user, schemas.path("User")));
        assertThat(read(asked, "/api/v1/users?sort=user&limit=2").path("users").findValuesAsText("user"))
                .containsExactly("ada", "boris");
        JsonNode bySparsity = read(asked, "/api/v1/users?sort=sparsity").path("users");
        assertThat(bySparsity.get(USERS.size() - 1).path("user").asText()).isEqualTo("chen");
    }

    private void assertPages(Running asked) throws Exception {
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = read(asked, "/api/v1/users?sort=sparsity&order=desc&limit=2" + cursor);
            assertThat(page.path("total").asInt()).isEqualTo(USERS.size());
            seen.addAll(page.path("users").findValuesAsText("user"));
            cursor = page.has("nextCursor")
                    ? "&cursor=" + page.path("nextCursor").asText()
                    : "";
        } while (!cursor.isEmpty() && seen.size() <= USERS.size());
        assertThat(seen).containsExactlyInAnyOrderElementsOf(USERS).endsWith("chen");
        assertThat(read(asked, "/api/v1/users?prefix=fa").path("users").findValuesAsText("user"))
                .containsExactly("fay+g");
        assertThat(read(asked, "/api/v1/users?state=source").path("users").findValuesAsText("user"))
                .containsExactly("chen");
        assertThat(get(asked, "/api/v1/users?state=tall").statusCode()).isEqualTo(400);
        assertThat(get(asked, "/api/v1/users?cursor=x").statusCode()).isEqualTo(400);
    }

    private void assertFleet(Running asked, JsonNode schemas) throws Exception {
        JsonNode fleet = read(asked, "/api/v1/fleet");
        assertDescribed(fleet, schemas.path("Fleet"));
        assertThat(fleet.path("users").asInt()).isEqualTo(USERS.size());
        assertThat(fleet.path("rounds").asInt()).as("every user but chen").isEqualTo(USERS.size() - 1);
        assertThat(fleet.path("served").path("source").asInt()).isEqualTo(1);
        assertThat(fleet.path("graphs").properties()).hasSize(1);
        assertThat(fleet.path("partitionsAnswered").asInt()).isEqualTo(Fleet.PARTITIONS);
        assertThat(fleet.path("unansweredAgents").asInt()).isZero();
        JsonNode removed = fleet.path("distributions").path("weightsRemoved");
        assertDescribed(removed, schemas.path("Distribution"));
        assertThat(removed.path("count").asInt()).isEqualTo(USERS.size() - 1);
        assertThat(removed.path("median").asDouble()).isBetween(0.3, 0.9);
    }

    private void assertSettings(Running asked, JsonNode schemas) throws Exception {
        for (String whose : List.of("", "?user=chen")) {
            JsonNode rows = read(asked, "/api/v1/settings" + whose).path("settings");
            rows.forEach(row -> assertDescribed(row, schemas.path("Setting")));
            assertThat(rows).anySatisfy(row -> {
                assertThat(row.path("setting").asText()).isEqualTo("budget_events");
                assertThat(row.path("value").asText()).isEqualTo(Integer.toString(BUDGET));
                assertThat(row.path("from").asText()).isEqualTo("agent");
            });
        }
    }

    private void assertUser(Running asked, String user, JsonNode schemas) throws Exception {
        boolean pruned = !user.equals("chen");
        String path = "/api/v1/users/"
                + URLEncoder.encode(user, StandardCharsets.UTF_8).replace("+", "%20");
        JsonNode state = read(asked, path).path("states").get(0);
        assertThat(state.path("user").asText()).isEqualTo(user);
        assertThat(state.path("version").asInt()).isEqualTo(pruned ? 1 : 0);
        assertThat(state.path("eventsInSums").asInt()).isEqualTo(pruned ? BUDGET + 3 : BUDGET / 2);
        assertDescribed(state, schemas.path("User"), schemas.at("/State/allOf/1"));
        HttpResponse<String> mask = get(asked, path + "/mask");
        if (pruned) {
            JsonNode layers = json.readTree(mask.body()).path("masks").get(0);
            assertDescribed(layers, schemas.path("Mask"));
            assertThat(layers.path("layers").get(0).path("kept").asInt())
                    .isLessThan(layers.path("layers").get(0).path("size").asInt());
            assertThat(state.path("history").get(0).path("outcome").asText()).isEqualTo("published");
        } else {
            assertThat(mask.statusCode()).isEqualTo(404);
        }
    }

    private void assertRefusals(Running asked) throws Exception {
        assertThat(get(asked, "/api/v1/users/nobody").statusCode()).isEqualTo(404);
        assertThat(get(asked, "/api/v1/users?limit=0").statusCode()).isEqualTo(400);
        assertThat(get(asked, "/api/v1/users?sort=height").body()).contains("accuracy");
        assertThat(get(asked, "/api/v1/users/" + "u".repeat(200)).statusCode()).isEqualTo(400);
        assertThat(get(asked, "/api/v1/secrets").statusCode()).isEqualTo(404);
    }

    private void assertCommands(Running asked, JsonNode schemas) throws Exception {
        assertThat(schemas.at("/Command/properties/action/enum")).hasSize(8);
        assertThat(read(asked, "/api/v1/commands").path("enabled").asBoolean()).isTrue();
        String pause = "{\"user\": \"fay+g\", \"action\": \"pause\"}";
        assertThat(post(asked, "another-token-0000", pause).statusCode()).isEqualTo(401);
        assertThat(post(asked, TOKEN, "{\"user\": \"fay+g\"").statusCode()).isEqualTo(400);
        assertThat(post(asked, TOKEN, "{\"action\": \"explode\", \"sparsity\": 7}")
                        .body())
                .contains("expected a user", "reprune", "sparsity of 0 to 0.99");
        assertThat(post(asked, TOKEN, "x".repeat(9000)).statusCode()).isEqualTo(413);
        HttpResponse<String> taken = post(asked, TOKEN, pause);
        assertThat(taken.statusCode()).isEqualTo(202);
        assertThat(json.readTree(taken.body()).path("commandId").asText()).hasSize(36);
        Fleet.await(() -> paused(asked, "fay%2Bg"), () -> "fay+g to be paused");
    }

    private boolean paused(Running asked, String path) {
        try {
            return read(asked, "/api/v1/users/" + path)
                    .path("states")
                    .get(0)
                    .path("paused")
                    .asBoolean();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> post(Running asked, String token, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://" + asked.address + "/api/v1/commands"))
                        .timeout(Duration.ofSeconds(30))
                        .header("Authorization", "Bearer " + token)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** What is answered is described, and what is required is answered. */
    private static void assertDescribed(JsonNode answer, JsonNode... schemas) {
        Set<String> described = new HashSet<>();
        for (JsonNode schema : schemas) {
            schema.path("properties").fieldNames().forEachRemaining(described::add);
            schema.path("required")
                    .forEach(name -> assertThat(answer.has(name.asText()))
                            .as(name.asText())
                            .isTrue());
        }
        List<String> found = new ArrayList<>();
        answer.fieldNames().forEachRemaining(found::add);
        assertThat(described).containsAll(found);
    }

    /** Each has a share of the partitions, and knows of every user in it that the budget was or was not reached. */
    private static boolean bothKnowTheirUsers(Running first, Running second) {
        Set<String> one = names(first.agent);
        Set<String> other = names(second.agent);
        return !one.isEmpty() && !other.isEmpty() && one.size() + other.size() == USERS.size();
    }

    private static Set<String> names(FleetAgent agent) {
        Set<String> names = new HashSet<>();
        agent.view().forEach(user -> {
            if (user.version() == 1 || user.key().user().equals("chen")) {
                names.add(user.key().user());
            }
        });
        return names;
    }

    private JsonNode read(Running asked, String path) throws Exception {
        HttpResponse<String> response = get(asked, path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json.readTree(response.body());
    }

    private HttpResponse<String> get(Running asked, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://" + asked.address + path))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** An agent and its HTTP server, known to the others under its address. */
    private static final class Running implements AutoCloseable {
        private final String address;
        private final FleetAgent agent;
        private final MonitoringServer server;

        Running(Fleet fleet, Topics topics, Path state) throws IOException {
            int port;
            try (ServerSocket free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            address = "127.0.0.1:" + port;
            EffectiveSettings plain = new EffectiveSettings(PruningPlan.DEFAULT, new Budget(BUDGET, 0, 1));
            agent = fleet.start(
                    fleet.settings(topics, plain, 0, UpkeepSettings.DEFAULT),
                    "query",
                    state,
                    Map.of(),
                    Map.of(
                            "application.server",
                            address,
                            "session.timeout.ms",
                            "6000",
                            "heartbeat.interval.ms",
                            "2000"));
            server = MonitoringServer.start(
                    "127.0.0.1", port, agent.metrics()::scrape, agent.health(), fleet.site(topics, agent, TOKEN));
        }

        /** Until it has its share; both join before the group is first balanced, so that no task has to move. */
        void awaitPartitions() {
            Fleet.await(
                    () -> agent.streams().metadataForLocalThreads().stream()
                            .anyMatch(thread -> !thread.activeTasks().isEmpty()),
                    () -> "a task at " + address + ", which is "
                            + agent.streams().state());
        }

        @Override
        public void close() {
            server.close();
            agent.close();
        }
    }
}
