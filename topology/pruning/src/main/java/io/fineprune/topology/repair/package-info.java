/**
 * Forward-only repairs of a pruned model: homeostatic scaling, refit by ridge regression, class prior, discriminant head. Pure
 * mathematics on arrays, no labels and no gradients. May import activation, sums, budget and pruning.
 */
@NullMarked
package io.fineprune.topology.repair;

import org.jspecify.annotations.NullMarked;
