package io.fineprune.agent.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** How lists of users are ordered; those that lack what is asked for come last. */
enum UserOrder {
    USER("/user"),
    /** Lowest estimated accuracy first. */
    ACCURACY("/estimatedAccuracy/value"),
    /** Lowest measured accuracy first. */
    MEASURED("/measuredAccuracy"),
    /** Those that lost most against the source model first. */
    CHANGE("/accuracyChange"),
    /** Least pruned first. */
    SPARSITY("/sparsity/weights"),
    /** Oldest mask first. */
    AGE("/publishedAtMillis");

    private final String field;

    UserOrder(String field) {
        this.field = field;
    }

    static Optional<UserOrder> of(String name) {
        for (UserOrder order : values()) {
            if (order.name().toLowerCase(Locale.ROOT).equals(name)) {
                return Optional.of(order);
            }
        }
        return Optional.empty();
    }

    Comparator<JsonNode> comparator() {
        Comparator<JsonNode> byName = Comparator.<JsonNode, String>comparing(
                        node -> node.path("user").asText())
                .thenComparing(node -> node.path("model").asText());
        if (this == USER) {
            return byName;
        }
        return Comparator.<JsonNode>comparingDouble(node -> node.at(field).asDouble(Double.POSITIVE_INFINITY))
                .thenComparing(byName);
    }
}
