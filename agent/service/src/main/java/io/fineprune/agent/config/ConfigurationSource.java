package io.fineprune.agent.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * Texts by key, with where they come from.
 *
 * @param origin for messages, such as {@code fleet.yaml} or {@code the environment}
 * @param values keys with dots
 */
public record ConfigurationSource(String origin, Map<String, String> values) {
    private static final long MAX_FILE_BYTES = 1 << 20;
    private static final Set<String> OTHER_VARIABLES =
            Set.of("FINEPRUNE_SHARED", "FINEPRUNE_CONFIG", "FINEPRUNE_CACHE");

    public ConfigurationSource {
        values = Map.copyOf(values);
    }

    /** Creates the source of what is given on the command line. */
    public static ConfigurationSource flags(Map<String, String> values) {
        return new ConfigurationSource("the command line", values);
    }

    /**
     * FINEPRUNE_BUDGET_EVENTS sets budget.events, FINEPRUNE_KAFKA_SASL_MECHANISM sets kafka.sasl.mechanism. Variables for
     * other purposes (FINEPRUNE_LOG_LEVEL and so on) are left out.
     */
    public static ConfigurationSource environment(Map<String, String> environment) {
        Map<String, String> values = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(Setting.ENVIRONMENT_PREFIX)
                    && !OTHER_VARIABLES.contains(name)
                    && !name.startsWith("FINEPRUNE_LOG_")) {
                values.put(keyOf(name), value);
            }
        });
        return new ConfigurationSource("the environment", values);
    }

    /**
     * A YAML file, nested or with dots, or a properties file.
     *
     * @throws ConfigurationException if the file cannot be read or parsed
     */
    public static ConfigurationSource file(Path file) throws ConfigurationException {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw problem(file, "expected at most %d bytes".formatted(MAX_FILE_BYTES));
            }
            Map<String, String> values = new LinkedHashMap<>();
            String name = file.toString().toLowerCase(Locale.ROOT);
            if (name.endsWith(".properties")) {
                Properties properties = new Properties();
                try (Reader reader = Files.newBufferedReader(file)) {
                    properties.load(reader);
                }
                properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
            } else if (name.endsWith(".yaml") || name.endsWith(".yml")) {
                flatten(file, "", new YAMLMapper().readTree(file.toFile()), values);
            } else {
                throw problem(file, "expected a file that ends in .yaml, .yml or .properties");
            }
            return new ConfigurationSource(file.toString(), values);
        } catch (JsonProcessingException e) {
            throw problem(
                    file,
                    "no valid YAML: " + e.getOriginalMessage() + " at line "
                            + e.getLocation().getLineNr());
        } catch (IOException | IllegalArgumentException e) {
            throw problem(file, "cannot be read: " + e);
        }
    }

    private static void flatten(Path file, String prefix, JsonNode node, Map<String, String> values)
            throws ConfigurationException {
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                flatten(
                        file,
                        prefix.isEmpty() ? field.getKey() : prefix + "." + field.getKey(),
                        field.getValue(),
                        values);
            }
        } else if (node.isValueNode() && !prefix.isEmpty()) {
            values.put(prefix, node.isNull() ? "" : node.asText());
        } else if (!node.isMissingNode() && !node.isNull()) {
            throw problem(
                    file,
                    "expected names with single values, but %s is a list".formatted(prefix.isEmpty() ? "it" : prefix));
        }
    }

    private static String keyOf(String variable) {
        for (Setting<?> setting : Settings.all()) {
            if (setting.environmentVariable().equals(variable)) {
                return setting.key();
            }
        }
        return variable.substring(Setting.ENVIRONMENT_PREFIX.length())
                .toLowerCase(Locale.ROOT)
                .replace('_', '.');
    }

    private static ConfigurationException problem(Path file, String what) {
        return new ConfigurationException(List.of(file + ": " + what));
    }
}
