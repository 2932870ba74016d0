/**
 * Measures on this machine what an event costs and what pruning buys. May import the tensorflow packages but not
 * org.tensorflow, the broker, runtime, device, metrics, model, recordings, source and preprocessing packages, the topology,
 * Kafka's clients and Streams, and Jackson.
 */
@NullMarked
package io.fineprune.agent.bench;

import org.jspecify.annotations.NullMarked;
