package io.fineprune.agent.query;

import io.fineprune.agent.fleet.Served;
import io.fineprune.agent.fleet.UserStatus;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The parameters of a question.
 *
 * @param limit users at most, 1 to 1000
 * @param after where an earlier answer ended
 * @param model whose users; empty: of all models
 * @param user whose settings; empty: those of all users
 * @param prefix with which names of users begin
 * @param state in which users are; empty: in any
 * @param local whether only this agent is asked, as agents ask each other
 */
record UserQuery(
        UserOrder order,
        boolean descending,
        int limit,
        Optional<SortKey> after,
        String model,
        String user,
        String prefix,
        String state,
        boolean local) {
    static final int MAX_LIMIT = 1000;
    private static final int DEFAULT_LIMIT = 50;

    /** States besides those of {@link Served}. */
    private static final Set<String> MORE_STATES =
            Set.of("paused", "pinned", "held_back", "waiting", "worse", "measured_below", "measured_above");

    /** @throws IllegalArgumentException naming the parameter that is wrong */
    static UserQuery of(URI uri) {
        Map<String, String> parameters = new HashMap<>();
        String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
        for (String pair : query.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            if (parts.length == 2) {
                parameters.put(decode(parts[0]), decode(parts[1]));
            }
        }
        UserOrder order = UserOrder.of(parameters.getOrDefault("sort", "user"))
                .orElseThrow(() -> new IllegalArgumentException("Expected sort to be one of " + UserOrder.names()));
        return new UserQuery(
                order,
                descending(parameters.getOrDefault("order", "asc")),
                limit(parameters.getOrDefault("limit", Integer.toString(DEFAULT_LIMIT))),
                Optional.ofNullable(parameters.get("cursor")).map(SortKey::of),
                parameters.getOrDefault("model", ""),
                parameters.getOrDefault("user", ""),
                parameters.getOrDefault("prefix", ""),
                state(parameters.getOrDefault("state", "")),
                parameters.getOrDefault("local", "").equals("true"));
    }

    /** Whether the user is among those asked for, on whatever page. */
    boolean matches(UserStatus user) {
        return (model.isEmpty() || model.equals(user.key().model()))
                && user.key().user().startsWith(prefix)
                && (state.isEmpty() || in(user));
    }

    private boolean in(UserStatus user) {
        return switch (state) {
            case "paused" -> user.paused();
            case "pinned" -> user.pinned();
            case "held_back" -> user.heldBack();
            case "waiting" -> user.waitsSinceMillis() > 0;
            case "worse" -> user.worse();
            case "measured_below" -> user.outside() == UserStatus.Outside.BELOW;
            case "measured_above" -> user.outside() == UserStatus.Outside.ABOVE;
            default -> user.served().name().toLowerCase(Locale.ROOT).equals(state);
        };
    }

    private static boolean descending(String text) {
        if (!text.equals("asc") && !text.equals("desc")) {
            throw new IllegalArgumentException("Expected order to be asc or desc");
        }
        return text.equals("desc");
    }

    private static String state(String text) {
        Set<String> states = new TreeSet<>(MORE_STATES);
        Arrays.stream(Served.values())
                .forEach(served -> states.add(served.name().toLowerCase(Locale.ROOT)));
        if (!text.isEmpty() && !states.contains(text)) {
            throw new IllegalArgumentException("Expected state to be one of " + String.join(", ", states));
        }
        return text;
    }

    private static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("Expected limit to be 1 to " + MAX_LIMIT);
    }

    static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
