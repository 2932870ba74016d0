/**
 * Wires configuration, models, topology, metrics and Kafka Streams into a running agent, and creates topics. Imports the
 * topology, {@code config} and {@code metrics}; no TensorFlow: models come through the topology's port.
 */
@NullMarked
package io.fineprune.agent.runtime;

import org.jspecify.annotations.NullMarked;
