package io.fineprune.agent.metrics;

/** What a probe is told. Asked from the server's threads; must answer at once. */
public interface Health {
    /** Whether the process still works; if not it should be started again. */
    Status live();

    /** Whether it takes part in the work: its stores are restored and its partitions assigned. */
    Status ready();

    /**
     * One answer.
     *
     * @param detail one line for people
     */
    record Status(boolean good, String detail) {}
}
