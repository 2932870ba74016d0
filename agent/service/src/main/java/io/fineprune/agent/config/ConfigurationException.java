package io.fineprune.agent.config;

import java.util.List;

/** Everything that is wrong with a configuration, each with what was expected and where it was found. */
public final class ConfigurationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public ConfigurationException(List<String> problems) {
        super((problems.size() == 1 ? "The configuration has a problem:" : "The configuration has problems:")
                + "\n  - "
                + String.join("\n  - ", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
