/**
 * Pruned models: the source graph with zeros where a mask removes, and the physically smaller graph that computes the same. May
 * import org.tensorflow, the graph and units packages, and the topology's activation, pruning and repair packages.
 */
@NullMarked
package io.fineprune.agent.tensorflow.compact;

import org.jspecify.annotations.NullMarked;
