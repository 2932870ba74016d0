/**
 * Trains source models from labelled recordings: the only place where labels and gradients are used. May import
 * org.tensorflow and the graph and units packages.
 */
@NullMarked
package io.fineprune.agent.tensorflow.train;

import org.jspecify.annotations.NullMarked;
