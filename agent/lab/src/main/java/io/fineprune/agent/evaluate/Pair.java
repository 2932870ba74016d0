package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.Breadth.Compared;
import java.util.Set;

/**
 * A result beside the source model's of the same user, fold and classes.
 *
 * @param result of any method, the source model's own included
 * @param source of the source model
 */
public record Pair(EvaluationResult result, EvaluationResult source) {
    /** Smallest difference in accuracy that counts as one. */
    private static final double MARGIN = 0.01;

    /** Tolerance for shares that differ by rounding only. */
    private static final double ROUNDING = 1e-9;

    /** Compares the accuracies on the classes that belong to the group for the method's result. */
    public Compared compare(ClassGroup group) {
        Set<Integer> indices = result.indices(group);
        return new Compared(
                result.tally(indices).accuracy(), source.tally(indices).accuracy());
    }

    /** Whether there is anything of the group; of what the budget held, only for a method that uses it. */
    public boolean has(ClassGroup group) {
        boolean byBudget = group == ClassGroup.MET || group == ClassGroup.LATER;
        return result.tally(group).tested() > 0 && (!byBudget || result.key().budget() > 0);
    }

    /** Whether what is in force is no worse than the source model by more than 0.01. */
    public boolean right() {
        return result.accuracy() >= source.accuracy() - MARGIN - ROUNDING;
    }

    /** Whether something better than the source model by more than 0.01 was held back. */
    public boolean helpfulHeld() {
        return result.withheld()
                .filter(tally -> tally.accuracy() > source.accuracy() + MARGIN + ROUNDING)
                .isPresent();
    }
}
