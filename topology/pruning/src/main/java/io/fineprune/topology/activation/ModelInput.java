package io.fineprune.topology.activation;

/**
 * One event in the form in which the model takes it.
 *
 * <p>The arrays are shared, not copied, since one is made per event: whoever makes an input gives its array away, and
 * nobody writes to it afterwards.
 */
public sealed interface ModelInput {
    /** Numbers in row-major order of the model's input shape without the batch dimension. */
    record Values(float[] values) implements ModelInput {}

    /** An encoded recording, for models whose graph decodes it. */
    record Encoded(byte[] bytes) implements ModelInput {}
}
