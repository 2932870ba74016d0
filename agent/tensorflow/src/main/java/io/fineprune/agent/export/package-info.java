/**
 * Personalised models as files, for devices that run TensorFlow without this program. May import the device, model and tensorflow
 * packages but not org.tensorflow, the messages, and the topology's pruning, repair and lifecycle packages.
 */
@NullMarked
package io.fineprune.agent.export;

import org.jspecify.annotations.NullMarked;
