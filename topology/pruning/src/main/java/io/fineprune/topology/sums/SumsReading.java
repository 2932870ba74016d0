package io.fineprune.topology.sums;

import io.fineprune.schemas.v1.StoredSums;

/** The result of reading stored sums for a model. */
public sealed interface SumsReading {
    /** The stored sums were taken from this model's graph, so counting continues from them. */
    record Usable(SumsAccumulator sums) implements SumsReading {}

    /**
     * The stored sums belong to another graph or to another layout of taps, so that no event can be added to them.
     *
     * @param reason what was expected and what was found
     * @param stored the stored sums, unchanged
     */
    record Foreign(String reason, StoredSums stored) implements SumsReading {}
}
