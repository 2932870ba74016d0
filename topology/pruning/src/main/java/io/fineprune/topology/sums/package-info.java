/**
 * The fold: running activation sums of one user and model. May import the schemas and {@code activation}.
 */
@NullMarked
package io.fineprune.topology.sums;

import org.jspecify.annotations.NullMarked;
