/**
 * Well-known networks in shape only, with random weights: for measuring and for tests. May import org.tensorflow and the graph
 * package.
 */
@NullMarked
package io.fineprune.agent.tensorflow.shapes;

import org.jspecify.annotations.NullMarked;
