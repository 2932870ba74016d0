package io.fineprune.agent.evaluate;

import io.fineprune.topology.activation.ModelInput;

/**
 * One recording, preprocessed for the model.
 *
 * @param label index of its class among the model's
 */
public record Example(ModelInput input, int label) {}
