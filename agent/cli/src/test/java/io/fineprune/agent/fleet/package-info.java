/** The parts together: real broker, real Kafka Streams, real TensorFlow, real recordings. */
@NullMarked
package io.fineprune.agent.fleet;

import org.jspecify.annotations.NullMarked;
