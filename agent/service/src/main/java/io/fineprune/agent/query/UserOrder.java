package io.fineprune.agent.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.fineprune.agent.fleet.UserStatus;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How lists of users are ordered; those that lack what is asked for come last. */
enum UserOrder {
    USER("/user", user -> SortKey.Value.NONE),
    MODEL("/model", user -> text(user.key().model())),
    SERVED("/served", user -> text(user.served().name().toLowerCase(Locale.ROOT))),
    OUTCOME("/lastOutcome", user -> text(user.last())),
    REASON("/lastReasonCode", user -> text(user.code())),
    VERSION("/version", user -> number(user.version())),
    ROUNDS("/rounds", user -> number(user.rounds())),
    BUDGET("/budget", user -> number(user.budget())),
    LABELS("/labels", user -> number(user.labelled())),
    DEVICES("/devices", user -> number(user.devices())),
    ACCURACY(
            "/estimatedAccuracy/value",
            user -> user.estimated()
                    .map(estimate -> number(estimate.getValue()))
                    .orElse(SortKey.Value.MISSING)),
    MEASURED("/measuredAccuracy", user -> number(user.measured())),
    /** Users who lost most against the source model come first. */
    CHANGE("/accuracyChange", user -> number(user.change())),
    /** Users whose model is pruned least come first. */
    SPARSITY(
            "/sparsity/weights",
            user -> user.sparsity()
                    .map(sparsity -> number(sparsity.getWeights()))
                    .orElse(SortKey.Value.MISSING)),
    /** Oldest mask first; users without one last. */
    AGE(
            "/publishedAtMillis",
            user -> user.publishedAtMillis() == 0 ? SortKey.Value.MISSING : number(user.publishedAtMillis()));

    private final String field;

    @SuppressWarnings("ImmutableEnumChecker") // without state
    private final Function<UserStatus, SortKey.Value> value;

    UserOrder(String field, Function<UserStatus, SortKey.Value> value) {
        this.field = field;
        this.value = value;
    }

    static Optional<UserOrder> of(String name) {
        return Arrays.stream(values())
                .filter(order -> order.lower().equals(name))
                .findFirst();
    }

    /** Returns the names of all orders, as error messages list them. */
    static String names() {
        return Arrays.stream(values()).map(UserOrder::lower).collect(Collectors.joining(", "));
    }

    SortKey key(UserStatus user) {
        return new SortKey(value.apply(user), user.key().user(), user.key().model());
    }

    /** Returns the sort key of a user as another agent's answer describes it. */
    SortKey key(JsonNode user) {
        JsonNode found = user.at(field);
        SortKey.Value wanted;
        if (this == USER) {
            wanted = SortKey.Value.NONE;
        } else if (found.isNumber() && !(this == AGE && found.asLong() == 0)) {
            wanted = number(found.asDouble());
        } else {
            wanted = found.isTextual() ? text(found.asText()) : SortKey.Value.MISSING;
        }
        return new SortKey(
                wanted, user.path("user").asText(), user.path("model").asText());
    }

    private String lower() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static SortKey.Value text(String text) {
        return text.isEmpty() ? SortKey.Value.MISSING : new SortKey.Value(false, 0, text);
    }

    private static SortKey.Value number(long number) {
        return number((double) number);
    }

    private static SortKey.Value number(double number) {
        return new SortKey.Value(false, number, "");
    }

    private static SortKey.Value number(OptionalDouble number) {
        return number.isPresent() ? number(number.getAsDouble()) : SortKey.Value.MISSING;
    }
}
