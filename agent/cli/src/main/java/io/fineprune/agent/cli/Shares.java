package io.fineprune.agent.cli;

import io.fineprune.schemas.v1.Sparsity;
import java.util.Locale;

/** Formats shares as percentages. */
final class Shares {
    private Shares() {}

    static String of(Sparsity sparsity) {
        return "%s of the nodes, %s of the weights, %s of the MACs"
                .formatted(percent(sparsity.getNodes()), percent(sparsity.getWeights()), percent(sparsity.getMacs()));
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
