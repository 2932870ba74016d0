package io.fineprune.agent.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;

/** A user's place in a list, which is also where the next page begins. */
record SortKey(Value value, String user, String model) {
    private static final int MAX_CURSOR_CHARACTERS = 2048;

    /** Value by which users are sorted; a missing one comes last. */
    record Value(boolean missing, double number, String text) {
        /** Value of users who are sorted by name only. */
        static final Value NONE = new Value(false, 0, "");

        static final Value MISSING = new Value(true, 0, "");
    }

    /** @param descending largest first; what lacks the value comes last both ways, and names rise both ways */
    static Comparator<SortKey> comparator(boolean descending, boolean byName) {
        Comparator<SortKey> byValue = Comparator.<SortKey>comparingDouble(
                        key -> key.value().number())
                .thenComparing(key -> key.value().text());
        Comparator<SortKey> names = Comparator.comparing(SortKey::user).thenComparing(SortKey::model);
        if (byName) {
            return descending ? names.reversed() : names;
        }
        return Comparator.<SortKey, Boolean>comparing(key -> key.value().missing())
                .thenComparing(descending ? byValue.reversed() : byValue)
                .thenComparing(names);
    }

    String cursor() {
        String json = Json.array()
                .add(value.missing())
                .add(value.number())
                .add(value.text())
                .add(user)
                .add(model)
                .toString();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws IllegalArgumentException if it is none that was given out */
    static SortKey of(String cursor) {
        if (cursor.length() <= MAX_CURSOR_CHARACTERS) {
            try {
                JsonNode json = Json.parse(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
                if (json.isArray() && json.size() == 5) {
                    return new SortKey(
                            new Value(
                                    json.get(0).asBoolean(),
                                    json.get(1).asDouble(),
                                    json.get(2).asText()),
                            json.get(3).asText(),
                            json.get(4).asText());
                }
            } catch (IOException | IllegalArgumentException e) {
                // said below
            }
        }
        throw new IllegalArgumentException("Expected a cursor as nextCursor of an earlier answer, but this is none");
    }
}
