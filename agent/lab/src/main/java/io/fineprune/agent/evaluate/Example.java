package io.fineprune.agent.evaluate;

import io.fineprune.topology.activation.ModelInput;

/**
 * One recording as the model takes it.
 *
 * @param label index of its class among the model's
 */
public record Example(ModelInput input, int label) {}
