package io.fineprune.agent.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fineprune.agent.evaluate.method.Cost;
import io.fineprune.agent.evaluate.method.GateVerdict;
import io.fineprune.agent.evaluate.method.Shares;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The result of one method for one user, fold and setting.
 *
 * @param classes answers to the held-out events of every class that the user has recordings of
 * @param adapted events that were used
 * @param removed shares of the model that the adapted one does without
 * @param cost of the adaptation, by formula
 * @param seconds that the adaptation took beyond the running sums, by the clock
 * @param others answers to recordings of other users
 * @param gate decision of the quality gate, if the method has one
 * @param withheld answers to the held-out events of the user's classes by what the gate held back
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record EvaluationResult(
        ResultKey key,
        List<ClassTally> classes,
        int adapted,
        Shares removed,
        Cost cost,
        double seconds,
        Tally others,
        Optional<GateVerdict> gate,
        Optional<Tally> withheld) {
    public EvaluationResult {
        classes = List.copyOf(classes);
    }

    /** Share of held-out events of the user's classes that are answered rightly. */
    public double accuracy() {
        return tally(ClassGroup.OWN).accuracy();
    }

    /** Counts the held-out events of a group of classes. */
    public Tally tally(ClassGroup group) {
        return tally(indices(group));
    }

    /** Counts the held-out events of given classes. */
    public Tally tally(Set<Integer> indices) {
        Tally sum = new Tally(0, 0);
        for (ClassTally tally : classes) {
            if (indices.contains(tally.index())) {
                sum = sum.plus(new Tally(tally.correct(), tally.tested()));
            }
        }
        return sum;
    }

    /** The classes of a group. */
    public Set<Integer> indices(ClassGroup group) {
        return classes.stream().filter(group::holds).map(ClassTally::index).collect(Collectors.toUnmodifiableSet());
    }

    /** The accuracy of that of the user's classes which has the lowest; 0 where none has held-out events. */
    public double worst() {
        return classes.stream()
                .filter(tally -> tally.own() && tally.tested() > 0)
                .mapToDouble(tally -> (double) tally.correct() / tally.tested())
                .min()
                .orElse(0);
    }
}
