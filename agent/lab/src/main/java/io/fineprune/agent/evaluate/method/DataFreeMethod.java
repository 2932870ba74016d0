package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.SparsityReport;

/**
 * Structured pruning by a score of coupled channels that needs no events.
 *
 * @param memory in the paper's terms
 */
record DataFreeMethod(String name, String description, String memory, UnitScore score) implements AdaptationMethod {
    @Override
    public boolean usesEvents() {
        return false;
    }

    @Override
    public Adapted adapt(EvaluatedModel bench, UserStream stream, double sparsity) {
        return bench.remember(name + " " + sparsity, () -> prune(bench, sparsity));
    }

    private Adapted prune(EvaluatedModel bench, double sparsity) {
        Mask mask = UnitSelection.mask(bench.architecture(), score.of(bench), sparsity);
        return Adapted.of(
                bench.masked(mask),
                Shares.of(SparsityReport.of(bench.architecture(), mask)),
                bench.costs().weightScores());
    }

    /** Scores units by the weights alone; a higher score means that a unit matters more. */
    @FunctionalInterface
    interface UnitScore {
        /** Returns [units]: the score of each unit of the model. */
        double[] of(EvaluatedModel bench);
    }
}
