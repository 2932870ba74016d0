/**
 * The likely class of each of a user's events, found without labels: views of the events, their clusters, the clusters' names, and
 * how sure each name is. Pure mathematics on arrays. May import activation, sums, budget, pruning and repair.
 */
@NullMarked
package io.fineprune.topology.labelling;

import org.jspecify.annotations.NullMarked;
