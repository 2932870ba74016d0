package io.fineprune.agent.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;

/** Checked values. Immutable; its text hides secrets. */
public final class Configuration {
    private static final String KAFKA = "kafka.";
    private static final String DEFAULT_SERVERS = "localhost:9092";

    private final Map<String, Object> values;
    private final Map<String, String> texts;
    private final Map<String, String> kafka;

    private Configuration(Map<String, Object> values, Map<String, String> texts, Map<String, String> kafka) {
        this.values = Map.copyOf(values);
        this.texts = new TreeMap<>(texts);
        this.kafka = Map.copyOf(kafka);
    }

    /**
     * Merges the sources; later ones win.
     *
     * @throws ConfigurationException with every problem of every source
     */
    public static Configuration of(List<ConfigurationSource> sources) throws ConfigurationException {
        List<String> problems = new ArrayList<>();
        Map<String, Setting<?>> known = new TreeMap<>();
        Settings.all().forEach(setting -> known.put(setting.key(), setting));
        Map<String, Object> values = new HashMap<>();
        Map<String, String> texts = new TreeMap<>();
        Map<String, String> kafka = new TreeMap<>(Map.of("bootstrap.servers", DEFAULT_SERVERS));
        for (Setting<?> setting : known.values()) {
            setting.fallback().ifPresent(text -> put(setting, text, "the default", values, texts, problems));
        }
        for (ConfigurationSource source : sources) {
            for (Map.Entry<String, String> entry : new TreeMap<>(source.values()).entrySet()) {
                Setting<?> setting = known.get(entry.getKey());
                if (setting != null) {
                    put(setting, entry.getValue(), source.origin(), values, texts, problems);
                } else if (entry.getKey().startsWith(KAFKA) && entry.getKey().length() > KAFKA.length()) {
                    String name = entry.getKey().substring(KAFKA.length());
                    kafkaProblem(name, entry.getValue())
                            .ifPresent(problem -> problems.add(source.origin() + ": kafka." + name + " " + problem));
                    kafka.put(name, entry.getValue());
                } else {
                    problems.add("%s: there is no setting '%s'; did you mean '%s'?"
                            .formatted(source.origin(), entry.getKey(), closest(entry.getKey(), known.keySet())));
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return new Configuration(values, texts, kafka);
    }

    /**
     * The value in force.
     *
     * @throws IllegalStateException if it has no default and was not given
     */
    public <T> T get(Setting<T> setting) {
        return find(setting)
                .orElseThrow(() -> new IllegalStateException("Expected %s (%s) in file, environment %s or flags"
                        .formatted(setting.key(), setting.expected(), setting.environmentVariable())));
    }

    public <T> Optional<T> find(Setting<T> setting) {
        @SuppressWarnings("unchecked") // what was put under this key came from this setting's parser
        T value = (T) values.get(setting.key());
        return Optional.ofNullable(value);
    }

    /** Client properties as given, without the prefix {@code kafka.}; {@code bootstrap.servers} is always there. */
    public Map<String, String> kafka() {
        return kafka;
    }

    /** Every setting in force, one a line, secrets hidden. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        texts.forEach((key, value) ->
                text.append(key).append('=').append(Secrets.shown(key, value)).append('\n'));
        new TreeMap<>(kafka)
                .forEach((key, value) -> text.append(KAFKA)
                        .append(key)
                        .append('=')
                        .append(Secrets.shown(key, value))
                        .append('\n'));
        return text.toString();
    }

    private static <T> void put(
            Setting<T> setting,
            String text,
            String origin,
            Map<String, Object> values,
            Map<String, String> texts,
            List<String> problems) {
        try {
            values.put(setting.key(), setting.parser().apply(text));
            texts.put(setting.key(), text);
        } catch (IllegalArgumentException e) {
            problems.add("%s: %s expected %s, but was '%s'"
                    .formatted(origin, setting.key(), setting.expected(), Secrets.shown(setting.key(), text)));
        }
    }

    /** Names that Kafka does not define pass unchecked: plugins have properties of their own. */
    private static Optional<String> kafkaProblem(String name, String text) {
        String plain = name.replaceFirst(
                "^(main\\.consumer|restore\\.consumer|global\\.consumer|consumer|producer|admin)\\.", "");
        for (ConfigDef definition : List.of(
                ConsumerConfig.configDef(),
                ProducerConfig.configDef(),
                AdminClientConfig.configDef(),
                StreamsConfig.configDef())) {
            ConfigDef.ConfigKey key = definition.configKeys().get(plain);
            if (key != null) {
                try {
                    ConfigDef.parseType(plain, text, key.type());
                } catch (ConfigException e) {
                    return Optional.of("expected a value of type %s, but was '%s'"
                            .formatted(key.type(), Secrets.shown(plain, text)));
                }
            }
        }
        return Optional.empty();
    }

    private static String closest(String key, Iterable<String> known) {
        String best = "";
        for (String candidate : known) {
            if (best.isEmpty() || distance(key, candidate) < distance(key, best)) {
                best = candidate;
            }
        }
        return best;
    }

    /** Returns the Levenshtein distance of two keys, by which the nearest known ones are found. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
