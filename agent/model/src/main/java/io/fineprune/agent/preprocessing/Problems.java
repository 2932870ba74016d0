package io.fineprune.agent.preprocessing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a specification, to report it all together. */
final class Problems {
    private final String subject;
    private final List<String> found = new ArrayList<>();

    Problems(String subject) {
        this.subject = subject;
    }

    void check(boolean holds, String message) {
        if (!holds) {
            found.add(message);
        }
    }

    void given(String name, @Nullable Object value) {
        check(value != null, name + ": not given");
    }

    void range(String name, long value, long least, long most) {
        check(value >= least && value <= most, name + ": expected " + least + " to " + most + ", found " + value);
    }

    void positive(String name, double value, double most) {
        check(value > 0 && value <= most, name + ": expected more than 0 and at most " + most + ", found " + value);
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new IllegalArgumentException("Preprocessing '" + subject + "': " + String.join("; ", found));
        }
    }
}
