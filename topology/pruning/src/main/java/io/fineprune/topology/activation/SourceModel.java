package io.fineprune.topology.activation;

import io.fineprune.schemas.v1.SensorEvent;
import java.util.List;

/**
 * The general model that the fleet runs, as the topology needs it. Safe for use by several threads; closing frees the
 * native session and may only happen when no thread uses it any more.
 */
public interface SourceModel extends AutoCloseable {
    Architecture architecture();

    /**
     * Decodes an event's payload and does the model's preprocessing.
     *
     * @throws UnusableEventException if the payload is not of the kind, size or shape that the model takes
     */
    ModelInput prepare(SensorEvent event) throws UnusableEventException;

    /**
     * Runs the unmasked forward pass.
     *
     * @param inputs at least one; more than {@link #batchSize()} run in several passes
     * @throws UnusableEventException if the pass fails, without telling which input was at fault
     */
    ActivationBatch evaluate(List<ModelInput> inputs) throws UnusableEventException;

    /** Returns the fixed number of rows of one forward pass; passes with fewer events are padded. */
    int batchSize();

    /**
     * Returns a copy of a layer's weights, given its index in the architecture: [kernelSize, inputs, nodes], or
     * [kernelSize, nodes] for a depthwise layer.
     */
    float[] weights(int layer);

    @Override
    void close();
}
