package io.fineprune.topology.pruning;

import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Scope;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is removed from a model, by which criterion, and how much of it.
 *
 * <p>The number removed is sparsity times the number there are, rounded to the nearest, halves up; per layer or over the whole
 * model as the scope says. At least one unit of every group (granularity NODE) or one weight of every layer (WEIGHT) is always
 * kept. In a pattern (N_OF_4, N_OF_8) the same number of each group of so many weights of a node is removed, whatever the scope,
 * and at least one is kept.
 *
 * @param sparsity share to remove, unless there is a budget of operations; 0 to 0.99
 * @param seed of criterion RANDOM; the others ignore it
 * @param targetMacs share of the model's multiply-accumulate operations to keep at most, 0.001 to 1: then the least sparsity
 *     that meets it is taken instead
 * @param layerLimits by a layer's name, the largest share of its nodes or weights that is removed, 0 to 0.99; 0 protects it.
 *     Layers that are tied together obey the strictest limit of them
 */
public record PruningPlan(
        Criterion criterion,
        Granularity granularity,
        Scope scope,
        double sparsity,
        long seed,
        Optional<Double> targetMacs,
        Map<String, Double> layerLimits) {
    public static final double MIN_TARGET_MACS = 0.001;
    public static final double MAX_SPARSITY = 0.99;

    /** Added before rounding down, so that 0.29 * 100 gives 29 although its binary value is slightly less. */
    private static final double ROUNDING = 1e-9;

    /** Algorithm 1 of the paper: half of the nodes of every layer by the sum of |a|. */
    public static final PruningPlan DEFAULT =
            new PruningPlan(Criterion.CRITERION_ACTIVATION, Granularity.GRANULARITY_NODE, Scope.SCOPE_LAYER, 0.5, 0);

    /** Creates a plan without a budget of operations and without limits of layers. */
    public PruningPlan(Criterion criterion, Granularity granularity, Scope scope, double sparsity, long seed) {
        this(criterion, granularity, scope, sparsity, seed, Optional.empty(), Map.of());
    }

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
        if (targetMacs.isPresent() && !(targetMacs.get() >= MIN_TARGET_MACS && targetMacs.get() <= 1)) {
            throw new IllegalArgumentException(
                    "Expected a share of operations to keep from 0.001 to 1, but was " + targetMacs.get());
        }
        layerLimits = Map.copyOf(layerLimits);
        layerLimits.forEach((layer, share) -> {
            if (!(share >= 0 && share <= MAX_SPARSITY)) {
                throw new IllegalArgumentException(
                        "Expected a limit from 0 to 0.99 for layer %s, but was %s".formatted(layer, share));
            }
        });
    }

    /** The same plan with another sparsity, and without a budget of operations. */
    public PruningPlan withSparsity(double share) {
        return new PruningPlan(criterion, granularity, scope, share, seed, Optional.empty(), layerLimits);
    }

    /** The same plan with a budget of operations instead of a sparsity. */
    public PruningPlan withTargetMacs(double share) {
        return new PruningPlan(criterion, granularity, scope, sparsity, seed, Optional.of(share), layerLimits);
    }

    /** The same plan with other limits. */
    public PruningPlan withLayerLimits(Map<String, Double> limits) {
        return new PruningPlan(criterion, granularity, scope, sparsity, seed, targetMacs, limits);
    }

    /** Weights in a group of the granularity's pattern; empty where there is no pattern. */
    OptionalInt patternSize() {
        return switch (granularity) {
            case GRANULARITY_N_OF_4 -> OptionalInt.of(4);
            case GRANULARITY_N_OF_8 -> OptionalInt.of(8);
            case GRANULARITY_NODE, GRANULARITY_WEIGHT, GRANULARITY_UNSPECIFIED, UNRECOGNIZED -> OptionalInt.empty();
        };
    }

    /** How many of a layer's nodes or weights may be removed: rounded down, and always fewer than all. */
    int limit(String layer, int total) {
        double share = layerLimits.getOrDefault(layer, 1.0);
        return Math.min(total - 1, (int) Math.floor(share * total + ROUNDING));
    }

    /** Returns how many of {@code total} nodes or weights are to be removed. */
    int removed(int total) {
        return (int) Math.floor(sparsity * total + 0.5);
    }
}
