package io.fineprune.agent.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What came of a trial: a row of the table. */
record Result(
        String fault, int injected, long sent, long counted, long lost, long duplicated, List<Duration> recoveries) {
    static final String HEAD = """
            | fault | injected | events sent | counted | lost | duplicated | recovery, median | worst |
            |---|---|---|---|---|---|---|---|""";

    Result {
        recoveries = recoveries.stream().sorted().toList();
    }

    String row() {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %,d | %,d | %,d | %,d | %s | %s |",
                fault,
                injected,
                sent,
                counted,
                lost,
                duplicated,
                recoveries.isEmpty() ? "" : seconds(recoveries.get(recoveries.size() / 2)),
                recoveries.isEmpty() ? "" : seconds(recoveries.get(recoveries.size() - 1)));
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }
}
