package io.fineprune.agent.recordings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Recordings that cannot be used, with everything that is wrong with them. */
public final class InvalidRecordingsException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 20;

    private final transient List<String> problems;

    InvalidRecordingsException(Path path, List<String> problems) {
        super(message(path, problems));
        this.problems = List.copyOf(problems);
    }

    /** Returns all problems, each of which names the file or the line that it is about. */
    public List<String> problems() {
        return problems;
    }

    private static String message(Path path, List<String> problems) {
        StringBuilder text = new StringBuilder("Cannot use the recordings in ").append(path);
        problems.stream()
                .limit(SHOWN)
                .forEach(problem ->
                        text.append(System.lineSeparator()).append("  ").append(problem));
        if (problems.size() > SHOWN) {
            text.append(System.lineSeparator())
                    .append("  and ")
                    .append(problems.size() - SHOWN)
                    .append(" more");
        }
        return text.toString();
    }
}
