package io.fineprune.topology.lifecycle;

import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.labelling.Labelling;
import io.fineprune.topology.lifecycle.Students.Student;
import io.fineprune.topology.lifecycle.Students.Teacher;
import io.fineprune.topology.pruning.PruningPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks for the smallest model that answers as the source model does on all but a bounded share of a user's events. Each half of the
 * events is answered by a model that was solved on the other half, so that every event counts and none is judged by a model that
 * saw it.
 */
final class BoundSearch {
    /** Shares of the wanted sparsity, the largest first. */
    private static final double[] STEPS = {1, 0.85, 0.7, 0.55, 0.4, 0.25};

    private final Students students;
    private final List<ModelInput> events;
    private final int[] source;
    private final int classes;
    private final double limit;

    /**
     * @param source [events] the source model's answers
     * @param limit largest share of events on which the answers may differ
     */
    BoundSearch(Students students, List<ModelInput> events, int[] source, int classes, double limit) {
        this.students = students;
        this.events = events;
        this.source = source;
        this.classes = classes;
        this.limit = limit;
    }

    /** A model, and the share of the user's events on which it answers otherwise at most. */
    record Found(Student student, double disagreement) {}

    /**
     * Searches by halving, since a model that is pruned less follows the source model better.
     *
     * @return empty if there are too few events to say so of any model, or none follows closely enough
     */
    Optional<Found> smallest(PruningPlan wanted) throws UnusableEventException {
        if (AgreementBound.upper(0, events.size()) > limit) {
            return Optional.empty();
        }
        int low = 0;
        int high = STEPS.length;
        double found = 1;
        while (low < high) {
            int middle = (low + high) / 2;
            double bound = disagreement(wanted.withSparsity(wanted.sparsity() * STEPS[middle]));
            if (bound <= limit) {
                high = middle;
                found = bound;
            } else {
                low = middle + 1;
            }
        }
        if (high == STEPS.length) {
            return Optional.empty();
        }
        PruningPlan plan = wanted.withSparsity(wanted.sparsity() * STEPS[high]);
        return Optional.of(new Found(students.prune(plan, Teacher.SOURCE, events, Optional.empty()), found));
    }

    /** 1 as soon as it is sure to exceed the limit: then the other half is not tried. */
    private double disagreement(PruningPlan plan) throws UnusableEventException {
        int disagreements = 0;
        for (int half = 0; half < 2; half++) {
            List<ModelInput> fit = new ArrayList<>();
            List<ModelInput> test = new ArrayList<>();
            List<Integer> expected = new ArrayList<>();
            for (int e = 0; e < events.size(); e++) {
                if (e % 2 == half) {
                    fit.add(events.get(e));
                } else {
                    test.add(events.get(e));
                    expected.add(source[e]);
                }
            }
            if (AgreementBound.upper(disagreements, events.size()) > limit) {
                return 1;
            }
            Student student = students.prune(plan, Teacher.SOURCE, fit, Optional.empty());
            int[] answers = Labelling.answers(students.answer(student, test), classes);
            for (int e = 0; e < answers.length; e++) {
                disagreements += answers[e] == expected.get(e) ? 0 : 1;
            }
        }
        return AgreementBound.upper(disagreements, events.size());
    }
}
