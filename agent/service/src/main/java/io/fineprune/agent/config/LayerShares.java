package io.fineprune.agent.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads shares of layers from text; each method throws IllegalArgumentException for what it cannot read. */
public final class LayerShares {
    private static final double MIN_TARGET = 0.001;
    private static final double MAX_LIMIT = 0.99;
    private static final String NONE = "none";

    private LayerShares() {}

    /** Parses a share such as {@code 0.3}; empty if the text is empty. */
    static Optional<Double> target(String text) {
        return text.strip().equals(NONE) ? Optional.empty() : Optional.of(bounded(text, MIN_TARGET, 1));
    }

    /** Parses shares by layer such as {@code conv1=0.2,conv2=0.5}, in the order of the names. */
    public static Map<String, Double> limits(String text) {
        Map<String, Double> limits = new TreeMap<>();
        for (String part : parts(text)) {
            int equals = part.lastIndexOf('=');
            if (equals < 1
                    || limits.put(part.substring(0, equals).strip(), bounded(part.substring(equals + 1), 0, MAX_LIMIT))
                            != null) {
                throw new IllegalArgumentException("not a layer and its share, or a layer again");
            }
        }
        return limits;
    }

    /** Parses names of layers such as {@code conv1,conv2}. */
    public static List<String> names(String text) {
        return parts(text);
    }

    private static List<String> parts(String text) {
        if (text.strip().equals(NONE)) {
            return List.of();
        }
        List<String> parts = Stream.of(text.split(",", -1)).map(String::strip).toList();
        if (parts.contains("")) {
            throw new IllegalArgumentException("a name is missing");
        }
        return parts;
    }

    private static double bounded(String text, double min, double max) {
        double value = Double.parseDouble(text.strip());
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException("out of bounds");
        }
        return value;
    }
}
