package io.fineprune.topology.stream;

/** How an event comes to the task that owns its user. Both are right whatever the events' keys are. */
public enum Routing {
    /**
     * An event that already lies in its user's partition is used where it is; only the others take the internal topic. Saves
     * one write and one read per event where devices key their events by user with Kafka's own partitioner.
     */
    DIRECT,
    /**
     * Every event takes the internal topic. Then the number of partitions of the state does not depend on that of
     * sensor-events, which may grow.
     */
    REPARTITION
}
