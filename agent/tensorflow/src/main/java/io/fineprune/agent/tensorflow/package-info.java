/**
 * Runs models: the forward pass with measured activations behind the topology's port, masked and compacted models for devices,
 * and training of source models. With its sub-packages the only importer of org.tensorflow.
 */
@NullMarked
package io.fineprune.agent.tensorflow;

import org.jspecify.annotations.NullMarked;
