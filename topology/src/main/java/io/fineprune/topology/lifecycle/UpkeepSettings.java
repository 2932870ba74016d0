package io.fineprune.topology.lifecycle;

import java.util.ArrayList;
import java.util.List;

/**
 * How published updates are looked after.
 *
 * @param keptUpdates of each user and model, the one in force included, to go back to; 0 to 16
 * @param quarantineFailures devices of a user on which an update fails and is taken back; 1 to 100
 */
public record UpkeepSettings(int keptUpdates, int quarantineFailures) {
    /** The update in force and the one before are kept; three devices are enough for a quarantine. */
    public static final UpkeepSettings DEFAULT = new UpkeepSettings(2, 3);

    /** @throws IllegalArgumentException naming all problems */
    public UpkeepSettings {
        List<String> problems = new ArrayList<>();
        check(problems, "kept updates", keptUpdates, 0, 16);
        check(problems, "failing devices", quarantineFailures, 1, DeviceFailures.MOST);
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
