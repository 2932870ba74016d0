package io.fineprune.agent.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fineprune.agent.fleet.Served;
import io.fineprune.agent.fleet.UserStatus;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** All users counted: of one agent, then of all agents together. For one thread. */
final class FleetTotals {
    private static final double HOUR_MILLIS = 3_600_000;

    private final long nowMillis;
    private final Map<String, Long> counts = new TreeMap<>();
    private final Map<String, Long> served = new TreeMap<>();
    private final Map<String, Long> models = new TreeMap<>();
    private final Map<String, Long> graphs = new TreeMap<>();
    private final Map<String, Distribution> distributions = new TreeMap<>();
    private String last = "";

    FleetTotals(long nowMillis) {
        this.nowMillis = nowMillis;
        for (String count : new String[] {
            "users",
            "states",
            "rounds",
            "paused",
            "pinned",
            "heldBack",
            "waiting",
            "measuredBelow",
            "measuredAbove",
            "worse"
        }) {
            counts.put(count, 0L);
        }
        for (Served one : Served.values()) {
            served.put(one.name().toLowerCase(Locale.ROOT), 0L);
        }
        for (String name : new String[] {
            "weightsRemoved", "estimatedAccuracy", "measuredAccuracy", "accuracyChange", "maskAgeHours"
        }) {
            distributions.put(name, new Distribution());
        }
    }

    /** Models of a user come one after the other. */
    void add(UserStatus user) {
        count("users", !user.key().user().equals(last));
        last = user.key().user();
        count("states", true);
        counts.merge("rounds", user.rounds(), Long::sum);
        count("paused", user.paused());
        count("pinned", user.pinned());
        count("heldBack", user.heldBack());
        count("waiting", user.waitsSinceMillis() > 0);
        count("measuredBelow", user.outside() == UserStatus.Outside.BELOW);
        count("measuredAbove", user.outside() == UserStatus.Outside.ABOVE);
        count("worse", user.worse());
        served.merge(user.served().name().toLowerCase(Locale.ROOT), 1L, Long::sum);
        models.merge(user.key().model(), 1L, Long::sum);
        if (!user.graph().isEmpty()) {
            graphs.merge(user.graph(), 1L, Long::sum);
        }
        user.sparsity().ifPresent(sparsity -> spread("weightsRemoved", sparsity.getWeights()));
        user.estimated().ifPresent(estimate -> spread("estimatedAccuracy", estimate.getValue()));
        user.measured().ifPresent(value -> spread("measuredAccuracy", value));
        user.change().ifPresent(value -> spread("accuracyChange", value));
        if (user.publishedAtMillis() > 0) {
            spread("maskAgeHours", Math.max(0, nowMillis - user.publishedAtMillis()) / HOUR_MILLIS);
        }
    }

    /** Adds what another agent counted. */
    void add(JsonNode other) {
        counts.replaceAll((name, count) -> count + other.path(name).asLong());
        merge(served, other.path("served"));
        merge(models, other.path("models"));
        merge(graphs, other.path("graphs"));
        distributions.forEach((name, distribution) ->
                distribution.add(other.path("distributions").path(name)));
    }

    ObjectNode json() {
        ObjectNode node = Json.object();
        counts.forEach(node::put);
        put(node.putObject("served"), served);
        put(node.putObject("models"), models);
        put(node.putObject("graphs"), graphs);
        ObjectNode spread = node.putObject("distributions");
        distributions.forEach((name, distribution) -> spread.set(name, distribution.json()));
        return node;
    }

    private void count(String name, boolean one) {
        counts.merge(name, one ? 1L : 0L, Long::sum);
    }

    private void spread(String name, double value) {
        Distribution distribution = distributions.get(name);
        if (distribution != null) {
            distribution.add(value);
        }
    }

    private static void put(ObjectNode node, Map<String, Long> numbers) {
        numbers.forEach(node::put);
    }

    private static void merge(Map<String, Long> into, JsonNode from) {
        from.properties()
                .forEach(field -> into.merge(field.getKey(), field.getValue().asLong(), Long::sum));
    }
}
