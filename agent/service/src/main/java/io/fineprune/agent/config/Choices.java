package io.fineprune.agent.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The values of a protobuf enum as people write them: lower case, without prefix and without UNSPECIFIED. */
public final class Choices<E extends Enum<E>> {
    private final String prefix;
    private final List<E> values;

    private Choices(String prefix, List<E> values) {
        this.prefix = prefix;
        this.values = values;
    }

    /**
     * The values of an enum.
     *
     * @param type an enum
     * @param prefix what its names begin with, such as {@code CRITERION_}
     */
    public static <E extends Enum<E>> Choices<E> of(Class<E> type, String prefix) {
        return new Choices<>(
                prefix,
                Arrays.stream(type.getEnumConstants())
                        .filter(value ->
                                value.name().startsWith(prefix) && !value.name().endsWith("UNSPECIFIED"))
                        .toList());
    }

    /**
     * The value of this name.
     *
     * @throws IllegalArgumentException if the text is none of the values; the message lists them
     */
    public E parse(String text) {
        String name = prefix + text.trim().toUpperCase(Locale.ROOT).replace('-', '_');
        return values.stream()
                .filter(value -> value.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("Expected %s, but was '%s'".formatted(expected(), text)));
    }

    public String name(E value) {
        return value.name()
                .substring(value.name().startsWith(prefix) ? prefix.length() : 0)
                .toLowerCase(Locale.ROOT);
    }

    public String expected() {
        return "one of " + values.stream().map(this::name).collect(Collectors.joining(", "));
    }
}
