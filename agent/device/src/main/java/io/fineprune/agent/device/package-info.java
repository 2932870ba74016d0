/**
 * The reference device: publishes what it captures, runs inference on all of it, follows its user's masks, swaps without
 * missing an inference and acknowledges. Imports the schemas, the topology's activation port and masks; {@link
 * io.fineprune.agent.device.KafkaDeviceTransport} is the only class that imports Kafka clients. No TensorFlow.
 */
@NullMarked
package io.fineprune.agent.device;

import org.jspecify.annotations.NullMarked;
