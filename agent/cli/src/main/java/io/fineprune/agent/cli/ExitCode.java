package io.fineprune.agent.cli;

/** Exit codes of the process. */
final class ExitCode {
    static final int OK = 0;
    /** The command was understood but did not succeed. */
    static final int FAILURE = 1;
    /** Flags or configuration are wrong. */
    static final int USAGE = 2;
    /** The model is not supported; the message begins with "Unsupported". */
    static final int UNSUPPORTED_MODEL = 3;

    private ExitCode() {}
}
