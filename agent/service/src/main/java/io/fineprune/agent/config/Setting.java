package io.fineprune.agent.config;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * One thing that can be configured.
 *
 * @param key its name in files and in {@code --set}: lower case, words parted by dots
 * @param fallback the text of its default; empty: it must be given where it is needed
 * @param expected what a value looks like, to follow the word "expected"
 * @param description one sentence
 * @param parser throws IllegalArgumentException for a text that is not as expected
 */
public record Setting<T>(
        String key, Optional<String> fallback, String expected, String description, Function<String, T> parser) {
    static final String ENVIRONMENT_PREFIX = "FINEPRUNE_";

    /** The environment variable that sets it. */
    public String environmentVariable() {
        return ENVIRONMENT_PREFIX
                + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    static Setting<Long> integer(String key, long fallback, long min, long max, String unit, String description) {
        String expected = "a whole number of %s from %d to %d".formatted(unit, min, max);
        return new Setting<>(key, Optional.of(Long.toString(fallback)), expected, description, text -> {
            long value = Long.parseLong(text.replace("_", ""));
            if (value < min || value > max) {
                throw new IllegalArgumentException("out of bounds");
            }
            return value;
        });
    }

    static Setting<Double> decimal(String key, double fallback, double min, double max, String description) {
        String expected = "a number from %s to %s".formatted(min, max);
        return new Setting<>(key, Optional.of(Double.toString(fallback)), expected, description, text -> {
            double value = Double.parseDouble(text);
            if (!(value >= min && value <= max)) {
                throw new IllegalArgumentException("out of bounds");
            }
            return value;
        });
    }

    static Setting<String> text(String key, Optional<String> fallback, String expected, String description) {
        return new Setting<>(key, fallback, expected, description, text -> {
            if (text.isBlank()) {
                throw new IllegalArgumentException("blank");
            }
            return text.trim();
        });
    }

    /** Values are written in lower case, as in {@code activation}. */
    static Setting<Boolean> flag(String key, boolean fallback, String description) {
        String expected = "true or false";
        return new Setting<>(key, Optional.of(Boolean.toString(fallback)), expected, description, text -> {
            String plain = text.trim().toLowerCase(Locale.ROOT);
            if (!plain.equals("true") && !plain.equals("false")) {
                throw new IllegalArgumentException("Expected %s, but was '%s'".formatted(expected, text));
            }
            return plain.equals("true");
        });
    }

    static <E extends Enum<E>> Setting<E> choice(String key, String fallback, Choices<E> choices, String description) {
        return new Setting<>(key, Optional.of(fallback), choices.expected(), description, choices::parse);
    }
}
