/**
 * What pruning has to know about a frozen graph: its layers, which channels have to go together, and where activations are
 * measured. May import org.tensorflow, the graph package and {@code io.fineprune.topology.activation}.
 */
@NullMarked
package io.fineprune.agent.tensorflow.units;

import org.jspecify.annotations.NullMarked;
