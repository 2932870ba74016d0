/**
 * The interface that a model implements, and the activation sums of a batch of events. First in the order of the data:
 * imports no other package of this module.
 */
@NullMarked
package io.fineprune.topology.activation;

import org.jspecify.annotations.NullMarked;
