package io.fineprune.agent.device;

/**
 * Decides from its failures when a version is to be given up: at least three, and at least one in a hundred of its inferences.
 * Thread-safe; a version is given up once.
 */
final class RunMonitor {
    private static final long FEWEST_FAILURES = 3;
    private static final long INFERENCES_PER_FAILURE = 100;

    private long version;
    private long inferences;
    private long failures;
    private boolean givenUp;

    /** Starts watching another version; failures of earlier versions no longer count. */
    synchronized void begin(long inForce) {
        version = inForce;
        inferences = 0;
        failures = 0;
        givenUp = false;
    }

    synchronized void answered(long answeredBy) {
        if (answeredBy == version) {
            inferences++;
        }
    }

    /** Counts a failure; returns whether it is the one at which the version is given up. */
    synchronized boolean failed(long failedVersion) {
        if (failedVersion != version || givenUp) {
            return false;
        }
        inferences++;
        failures++;
        givenUp = failures >= FEWEST_FAILURES && failures * INFERENCES_PER_FAILURE >= inferences;
        return givenUp;
    }
}
