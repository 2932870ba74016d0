package io.fineprune.agent.evaluate.method;

import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.repair.RepairSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All methods by name. */
public final class Methods {
    /** The method that every other is compared with. */
    public static final String SOURCE = SourceMethod.NAME;

    private static final Granularity NODE = Granularity.GRANULARITY_NODE;
    private static final Granularity WEIGHT = Granularity.GRANULARITY_WEIGHT;
    private static final RepairSettings REPAIRS = RepairSettings.DEFAULT;

    private static final Map<String, AdaptationMethod> ALL = index(List.of(
            new SourceMethod(SOURCE, false),
            new SourceMethod("source+prior", true),
            new MaskMethod("fine-pruning", "the paper's Algorithm 1, of nodes", Criterion.CRITERION_ACTIVATION, NODE),
            new MaskMethod(
                    "fine-pruning-weights",
                    "the paper's Algorithm 1, of weights",
                    Criterion.CRITERION_ACTIVATION,
                    WEIGHT),
            new MaskMethod("magnitude", "nodes with small weights go", Criterion.CRITERION_MAGNITUDE, NODE),
            new MaskMethod("random", "nodes go at random", Criterion.CRITERION_RANDOM, NODE),
            new PersonalizedMethod(
                    "fineprune", "ours: nodes, weights solved again, gated", NODE, UpdateKind.UPDATE_KIND_REFIT, true),
            new PersonalizedMethod(
                    "fineprune-ungated",
                    "ours, published whatever the estimate",
                    NODE,
                    UpdateKind.UPDATE_KIND_REFIT,
                    false),
            new PersonalizedMethod(
                    "fineprune-mask",
                    "ours: a mask of weights with scales, gated",
                    WEIGHT,
                    UpdateKind.UPDATE_KIND_MASK,
                    true),
            new PersonalizedMethod(
                    "fineprune-n-of-4",
                    "ours: weights in the pattern N:4 (2:4 at a sparsity of 0.5) with scales, gated",
                    Granularity.GRANULARITY_N_OF_4,
                    UpdateKind.UPDATE_KIND_MASK,
                    true),
            new PersonalizedMethod(
                    "fineprune-rounds",
                    "ours, gated, the sparsity rising over four rounds of the events",
                    NODE,
                    UpdateKind.UPDATE_KIND_REFIT,
                    true,
                    4,
                    Scope.SCOPE_LAYER,
                    REPAIRS),
            new PersonalizedMethod(
                    "fineprune-residual",
                    "ours, gated, each layer pruned as far as one residual of the refits allows; as many weights in all",
                    NODE,
                    UpdateKind.UPDATE_KIND_REFIT,
                    true,
                    1,
                    Scope.SCOPE_RESIDUAL,
                    REPAIRS),
            new PersonalizedMethod(
                    "fineprune+input",
                    "ours, gated, each band of the input normalised to the source data's",
                    NODE,
                    UpdateKind.UPDATE_KIND_REFIT,
                    true,
                    1,
                    Scope.SCOPE_LAYER,
                    REPAIRS.withInputNormalisation(true)),
            new PersonalizedMethod(
                    "without-prior",
                    "ours, gated, all repairs but the class prior for users who meet few of the classes",
                    NODE,
                    UpdateKind.UPDATE_KIND_REFIT,
                    true,
                    1,
                    Scope.SCOPE_LAYER,
                    REPAIRS.withClassPrior(false)),
            repair("scaling", "pruning with homeostatic scaling only", NODE, false, 1, false),
            repair("refit", "pruning with refit only", NODE, true, 0, false),
            new RepairMethod(
                    "bias-compensation",
                    "pruning with bias compensation only",
                    NODE,
                    settings(false, 0, false).withBiasCompensation(true)),
            new RepairMethod(
                    "input-normalisation",
                    "pruning with input normalisation only",
                    NODE,
                    settings(false, 0, false).withInputNormalisation(true)),
            repair("prototypes", "pruning with class prototypes only", NODE, false, 0, true),
            repair("all-repairs", "pruning with refit, scaling and prototypes, no gate", NODE, true, 1, true),
            repair("without-refit", "all repairs but refit", NODE, false, 1, true),
            repair("without-scaling", "all repairs but scaling", NODE, true, 0, true),
            repair("without-prototypes", "all repairs but prototypes", NODE, true, 1, false),
            repair("mask-weights", "a mask of weights with scaling and prototypes", WEIGHT, false, 1, true),
            new BackpropagationMethod("backprop-1e-2", 1e-2, Optional.empty()),
            new BackpropagationMethod("backprop-1e-3", 1e-3, Optional.empty()),
            new BackpropagationMethod("backprop-1e-4", 1e-4, Optional.empty()),
            new SingularValueMethod(),
            new DataFreeMethod("depgraph", "group-norm pruning of coupled channels", "O(N D n_max^3)", GroupNorm::of),
            new BackpropagationMethod("depgraph+backprop-1e-3", 1e-3, Optional.of(GroupNorm::of)),
            new DataFreeMethod(
                    "dfpc",
                    "data-free pruning of coupled channels by a bound on the change of outputs",
                    "O(N n_max^2 + n_max D)",
                    DataFlowSaliency::of)));

    private Methods() {}

    /** In the order in which they are listed. */
    public static List<AdaptationMethod> all() {
        return List.copyOf(ALL.values());
    }

    /**
     * The methods of these names.
     *
     * @throws IllegalArgumentException naming those that do not exist, and all that do
     */
    public static List<AdaptationMethod> of(List<String> names) {
        List<AdaptationMethod> found = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (String name : names) {
            AdaptationMethod method = ALL.get(name);
            if (method == null) {
                unknown.add(name);
            } else if (!found.contains(method)) {
                found.add(method);
            }
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("Expected methods among %s, but was %s"
                    .formatted(String.join(", ", ALL.keySet()), String.join(", ", unknown)));
        }
        return found;
    }

    private static RepairMethod repair(
            String name, String description, Granularity granularity, boolean refit, double scaling, boolean head) {
        return new RepairMethod(name, description, granularity, settings(refit, scaling, head));
    }

    private static RepairSettings settings(boolean refit, double scaling, boolean head) {
        return new RepairSettings(refit, scaling, REPAIRS.ridge(), REPAIRS.sweepEvents(), head, REPAIRS.seed());
    }

    private static Map<String, AdaptationMethod> index(List<AdaptationMethod> methods) {
        Map<String, AdaptationMethod> byName = new LinkedHashMap<>();
        methods.forEach(method -> byName.put(method.name(), method));
        return byName;
    }
}
