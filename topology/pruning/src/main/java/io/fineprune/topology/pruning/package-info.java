/**
 * From sums to a mask. Pure functions of the architecture, the weights, the sums and the plan. May import the schemas,
 * {@code activation}, {@code sums} and {@code budget}.
 */
@NullMarked
package io.fineprune.topology.pruning;

import org.jspecify.annotations.NullMarked;
