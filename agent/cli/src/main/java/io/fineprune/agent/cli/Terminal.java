package io.fineprune.agent.cli;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;

/** Tells whether standard output is a terminal, which a person watches. */
final class Terminal {
    private Terminal() {}

    /** Before JDK 22 there is a console only on a terminal; since then the console has to be asked. */
    @SuppressWarnings("SystemConsoleNull")
    static boolean present() {
        @Nullable Console console = System.console();
        if (console == null || System.getenv("TERM") == null) {
            return false;
        }
        try {
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }
}
