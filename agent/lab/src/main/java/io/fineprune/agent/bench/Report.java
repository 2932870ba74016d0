package io.fineprune.agent.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.util.Arrays;
import java.util.Locale;

/** Writes results as JSON and as short tables in Markdown. */
public final class Report {
    private static final ObjectMapper JSON = new ObjectMapper().registerModule(new Jdk8Module());

    private Report() {}

    /** All numbers of a result, its components as fields. */
    public static String json(Object result) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(result) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Expected a result that can be written as JSON", e);
        }
    }

    /** A line for each format, with its numbers. */
    static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values) + "\n";
    }

    static double median(double... values) {
        return Interleaved.quantile(values, 0.5);
    }

    /** Returns the largest value; 0 if there is none. */
    static double max(double... values) {
        return Arrays.stream(values).max().orElse(0);
    }
}
