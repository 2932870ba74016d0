package io.fineprune.agent.preprocessing;

import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;

/** Turns events into a model's input. Safe for use by several threads; the same event yields the same bits. */
@FunctionalInterface
public interface Preprocessor {
    /**
     * Decodes and converts an event's payload. Nothing is allocated by a length that was not checked before.
     *
     * @throws UnusableEventException if the payload is not of the kind, size or shape that the model takes, does not
     *     decode, or holds numbers that are not finite
     */
    ModelInput prepare(SensorEvent event) throws UnusableEventException;
}
