package io.fineprune.agent.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** How a number is spread over users, in bins of a thousandth; those of several agents add up to that of the fleet. */
final class Distribution {
    private static final double BINS_PER_UNIT = 1000;

    private final TreeMap<Long, Long> bins = new TreeMap<>();
    private long count;

    void add(double value) {
        add(Math.round(value * BINS_PER_UNIT), 1);
    }

    private void add(long bin, long users) {
        bins.merge(bin, users, Long::sum);
        count += users;
    }

    /** @param json as {@link #json()} gives it */
    void add(JsonNode json) {
        for (JsonNode bin : json.path("bins")) {
            add(
                    Math.round(bin.path(0).asDouble() * BINS_PER_UNIT),
                    Math.max(0, bin.path(1).asLong()));
        }
    }

    ObjectNode json() {
        ObjectNode node = Json.object().put("count", count);
        if (count > 0) {
            node.put("p10", quantile(0.1)).put("median", quantile(0.5)).put("p90", quantile(0.9));
        }
        ArrayNode all = node.putArray("bins");
        bins.forEach((bin, users) -> all.addArray().add(bin / BINS_PER_UNIT).add(users));
        return node;
    }

    /** The least value that so many users have at most. */
    private double quantile(double share) {
        long wanted = Math.max(1, (long) Math.ceil(share * count));
        long seen = 0;
        for (Map.Entry<Long, Long> bin : bins.entrySet()) {
            seen += bin.getValue();
            if (seen >= wanted) {
                return bin.getKey() / BINS_PER_UNIT;
            }
        }
        return bins.lastKey() / BINS_PER_UNIT;
    }
}
