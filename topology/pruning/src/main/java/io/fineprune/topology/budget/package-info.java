/**
 * When to prune. May import the schemas, {@code activation} and {@code sums}; pure.
 */
@NullMarked
package io.fineprune.topology.budget;

import org.jspecify.annotations.NullMarked;
