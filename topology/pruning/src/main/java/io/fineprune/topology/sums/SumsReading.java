package io.fineprune.topology.sums;

import io.fineprune.schemas.v1.StoredSums;

/** What came of reading stored sums for a model. */
public sealed interface SumsReading {
    /** The stored sums were taken from this model's graph, so counting continues from them. */
    record Usable(SumsAccumulator sums) implements SumsReading {}

    /**
     * They belong to another graph or to another layout of taps, so that nothing can be added to them.
     *
     * @param reason what was expected and what was found
     * @param stored what they are
     */
    record Foreign(String reason, StoredSums stored) implements SumsReading {}
}
