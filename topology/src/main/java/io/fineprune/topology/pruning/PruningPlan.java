package io.fineprune.topology.pruning;

import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Scope;

/**
 * What to remove and how far.
 *
 * <p>The number removed is sparsity times the number there are, rounded to the nearest, halves up; per layer or over the
 * whole model as the scope says. At least one unit of every group (granularity NODE) or one weight of every layer (WEIGHT)
 * is always kept.
 *
 * @param sparsity share to remove; 0 to 0.99
 * @param seed of criterion RANDOM; the others ignore it
 */
public record PruningPlan(Criterion criterion, Granularity granularity, Scope scope, double sparsity, long seed) {
    public static final double MAX_SPARSITY = 0.99;

    /** Algorithm 1 of the paper: half of the nodes of every layer by the sum of |a|. */
    public static final PruningPlan DEFAULT =
            new PruningPlan(Criterion.CRITERION_ACTIVATION, Granularity.GRANULARITY_NODE, Scope.SCOPE_LAYER, 0.5, 0);

    public PruningPlan {
        if (criterion == Criterion.CRITERION_UNSPECIFIED || criterion == Criterion.UNRECOGNIZED) {
            throw new IllegalArgumentException("Expected a criterion of the plan, but was " + criterion);
        }
        if (granularity == Granularity.GRANULARITY_UNSPECIFIED || granularity == Granularity.UNRECOGNIZED) {
            throw new IllegalArgumentException("Expected a granularity of the plan, but was " + granularity);
        }
        if (scope == Scope.SCOPE_UNSPECIFIED || scope == Scope.UNRECOGNIZED) {
            throw new IllegalArgumentException("Expected a scope of the plan, but was " + scope);
        }
        if (!(sparsity >= 0 && sparsity <= MAX_SPARSITY)) {
            throw new IllegalArgumentException("Expected a sparsity from 0 to 0.99, but was " + sparsity);
        }
    }

    /** The same plan with another sparsity. */
    public PruningPlan withSparsity(double share) {
        return new PruningPlan(criterion, granularity, scope, share, seed);
    }

    /** How many of so many are to be removed. */
    int removed(int total) {
        return (int) Math.floor(sparsity * total + 0.5);
    }
}
