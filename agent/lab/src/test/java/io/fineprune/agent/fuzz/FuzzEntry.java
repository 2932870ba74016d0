package io.fineprune.agent.fuzz;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the fuzzer calls. Its argument is the target's name. */
public final class FuzzEntry {
    private static FuzzTarget.@Nullable Input input;

    private FuzzEntry() {}

    public static void fuzzerInitialize(String[] arguments) {
        input = FuzzTarget.valueOf(arguments[0].toUpperCase(Locale.ROOT)).input();
    }

    public static void fuzzerTestOneInput(byte[] bytes) throws Exception {
        FuzzTarget.Input current = input;
        if (current == null) {
            throw new IllegalStateException("Expected the target's name before any input");
        }
        current.take(bytes);
    }
}
