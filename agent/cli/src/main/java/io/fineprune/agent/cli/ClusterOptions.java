package io.fineprune.agent.cli;

import io.fineprune.agent.config.Configuration;
import io.fineprune.agent.config.ConfigurationException;
import io.fineprune.agent.config.ConfigurationSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the cluster is and how to talk to it: options of every command that does. */
final class ClusterOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "YAML or properties file (environment: FINEPRUNE_CONFIG).")
    private @Nullable Path config;

    @Option(
            names = {"-b", "--bootstrap-servers"},
            paramLabel = "HOST:PORT",
            description = "Kafka brokers; the same as --set kafka.bootstrap.servers=... (default: localhost:9092).")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any setting, kafka.* included; may be repeated; 'fineprune settings' lists them.")
    private Map<String, String> settings = new LinkedHashMap<>();

    /** Merges file, environment and flags. */
    Configuration load() throws ConfigurationException {
        return load(Map.of());
    }

    /**
     * Merges file, environment and flags.
     *
     * @param flags of the command, by key; they win over --set
     */
    Configuration load(Map<String, String> flags) throws ConfigurationException {
        Map<String, String> all = new LinkedHashMap<>(settings);
        if (bootstrapServers != null) {
            all.put("kafka.bootstrap.servers", bootstrapServers);
        }
        all.putAll(flags);
        List<String> problems = new ArrayList<>();
        List<ConfigurationSource> sources = new ArrayList<>();
        String fromEnvironment = System.getenv("FINEPRUNE_CONFIG");
        Path file = config == null && fromEnvironment != null ? Path.of(fromEnvironment) : config;
        if (file != null) {
            try {
                sources.add(ConfigurationSource.file(file));
            } catch (ConfigurationException e) {
                problems.addAll(e.problems());
            }
        }
        sources.add(ConfigurationSource.environment(System.getenv()));
        sources.add(ConfigurationSource.flags(all));
        try {
            Configuration configuration = Configuration.of(sources);
            if (problems.isEmpty()) {
                return configuration;
            }
        } catch (ConfigurationException e) {
            problems.addAll(e.problems());
        }
        throw new ConfigurationException(problems);
    }
}
