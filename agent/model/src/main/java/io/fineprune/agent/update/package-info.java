/**
 * What a device does with an update, whatever runs its model: {@link io.fineprune.agent.update.MaskVerifier} decides whether
 * an update fits the user and the model, {@link io.fineprune.agent.update.DeviceModels} is the port by which a device runs the
 * model under it. Neither Kafka nor TensorFlow.
 */
@NullMarked
package io.fineprune.agent.update;

import org.jspecify.annotations.NullMarked;
