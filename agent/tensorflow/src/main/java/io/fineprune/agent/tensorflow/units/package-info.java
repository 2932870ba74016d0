/**
 * Analysis of a frozen graph for pruning: its layers, the channels that have to be removed together, and where
 * activations are measured. May import org.tensorflow, the graph package and {@code io.fineprune.topology.activation}.
 */
@NullMarked
package io.fineprune.agent.tensorflow.units;

import org.jspecify.annotations.NullMarked;
