package io.fineprune.agent.cli;

import java.io.PrintStream;

/**
 * One line that says how far a command is. On a terminal the line is written over; elsewhere a new line is written, at most
 * every five seconds, so that logs stay short. Thread-safe.
 */
final class Progress implements AutoCloseable {
    private static final int BAR = 30;
    private static final long TERMINAL_INTERVAL_MILLIS = 100;
    private static final long PLAIN_INTERVAL_MILLIS = 5_000;

    private final PrintStream out;
    private final boolean terminal;
    private long lastMillis;
    private int lastLength;

    Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** On stderr, so that results on stdout can be piped. */
    static Progress standard() {
        return new Progress(System.err, Terminal.present());
    }

    /** Shows a bar. */
    void show(String what, long done, long of) {
        int filled = of <= 0 ? 0 : (int) Math.min(BAR, BAR * done / of);
        long percent = of <= 0 ? 0 : Math.min(100, 100 * done / of);
        show("%s [%s%s] %3d %%".formatted(what, "#".repeat(filled), ".".repeat(BAR - filled), percent));
    }

    /** Shows a text of one line, unless one was shown a moment ago. */
    synchronized void show(String text) {
        long now = System.currentTimeMillis();
        if (now - lastMillis >= (terminal ? TERMINAL_INTERVAL_MILLIS : PLAIN_INTERVAL_MILLIS)) {
            lastMillis = now;
            write(text);
        }
    }

    /** Writes a line that stays. */
    synchronized void line(String text) {
        clear();
        out.println(text);
        out.flush();
    }

    /** Clears the line. */
    @Override
    public synchronized void close() {
        clear();
        out.flush();
    }

    private void write(String text) {
        if (terminal) {
            out.print("\r" + text + " ".repeat(Math.max(0, lastLength - text.length())));
            lastLength = text.length();
        } else {
            out.println(text);
        }
        out.flush();
    }

    private void clear() {
        if (terminal && lastLength > 0) {
            out.print("\r" + " ".repeat(lastLength) + "\r");
            lastLength = 0;
        }
    }
}
