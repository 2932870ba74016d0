/**
 * From any model file to one flat, frozen graph: reads SavedModels and frozen graphs, expands functions, turns variables into
 * constants, folds constants, batch norm and affine chains, and checks the result against the original. Also writes such a
 * graph back. May import org.tensorflow and the model package.
 */
@NullMarked
package io.fineprune.agent.tensorflow.graph;

import org.jspecify.annotations.NullMarked;
