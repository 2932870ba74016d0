/**
 * From a sensor's bytes to the numbers that a model takes: audio to log-mel or cepstral frames, images to scaled pixels.
 * Pure Java. May import the messages, {@code io.fineprune.topology.activation} and Jackson's annotations; neither
 * TensorFlow nor Kafka.
 */
@NullMarked
package io.fineprune.agent.preprocessing;

import org.jspecify.annotations.NullMarked;
