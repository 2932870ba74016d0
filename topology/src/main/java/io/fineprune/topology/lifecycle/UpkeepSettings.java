package io.fineprune.topology.lifecycle;

import java.util.ArrayList;
import java.util.List;

/**
 * How published updates are looked after.
 *
 * @param keptUpdates of each user and model, the one in force included, to go back to; 0 to 16
 */
public record UpkeepSettings(int keptUpdates) {
    /** The update in force and the one before are kept. */
    public static final UpkeepSettings DEFAULT = new UpkeepSettings(2);

    /** @throws IllegalArgumentException naming all problems */
    public UpkeepSettings {
        List<String> problems = new ArrayList<>();
        check(problems, "kept updates", keptUpdates, 0, 16);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    private static void check(List<String> problems, String what, long value, long min, long max) {
        if (value < min || value > max) {
            problems.add("Expected %d to %d %s, but was %d".formatted(min, max, what, value));
        }
    }
}
