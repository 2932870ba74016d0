/**
 * The port that a model implements, and what one batch of events yields. First in the order of the data: imports no other
 * package of this module.
 */
@NullMarked
package io.fineprune.topology.activation;

import org.jspecify.annotations.NullMarked;
