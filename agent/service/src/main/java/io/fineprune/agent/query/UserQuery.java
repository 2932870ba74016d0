package io.fineprune.agent.query;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The parameters of a question.
 *
 * @param limit users at most, 1 to 1000
 * @param model whose users; empty: of all models
 * @param local whether only this agent is asked, as agents ask each other
 */
record UserQuery(UserOrder order, int limit, String model, boolean local) {
    static final int MAX_LIMIT = 1000;
    private static final int DEFAULT_LIMIT = 50;

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
        String sort = parameters.getOrDefault("sort", "user");
        UserOrder order = UserOrder.of(sort)
                .orElseThrow(() -> new IllegalArgumentException(
                        "Expected sort to be one of user, accuracy, measured, change, sparsity, age"));
        int limit = limit(parameters.getOrDefault("limit", Integer.toString(DEFAULT_LIMIT)));
        return new UserQuery(
                order,
                limit,
                parameters.getOrDefault("model", ""),
                parameters.getOrDefault("local", "").equals("true"));
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
