package io.fineprune.topology.labelling;

import io.fineprune.topology.repair.LayerwiseModel.Answers;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * The classes that a user can meet: those that were declared, or all of the model's. A class outside it is never answered.
 * Immutable.
 */
public final class Vocabulary {
    private final int classes;
    private final BitSet allowed;
    private final boolean declared;

    private Vocabulary(int classes, BitSet allowed, boolean declared) {
        this.classes = classes;
        this.allowed = allowed;
        this.declared = declared;
    }

    /** All of the model's classes: nothing was declared. */
    public static Vocabulary all(int classes) {
        BitSet every = new BitSet();
        every.set(0, classes);
        return new Vocabulary(classes, every, false);
    }

    /**
     * The classes that were declared.
     *
     * @param declared indices of the model's classes, at least two; empty: none were declared
     * @throws IllegalArgumentException if there is one class, or one that the model does not have
     */
    public static Vocabulary of(int classes, int[] declared) {
        if (declared.length == 0) {
            return all(classes);
        }
        BitSet allowed = new BitSet();
        for (int c : declared) {
            if (c < 0 || c >= classes) {
                throw new IllegalArgumentException(
                        "Expected declared classes from 0 to %d, but was %d".formatted(classes - 1, c));
            }
            allowed.set(c);
        }
        if (allowed.cardinality() < 2) {
            throw new IllegalArgumentException("Expected at least two declared classes, but was " + allowed);
        }
        return new Vocabulary(classes, allowed, true);
    }

    /** Whether the user's classes were declared. */
    public boolean declared() {
        return declared;
    }

    public boolean allows(int c) {
        return allowed.get(c);
    }

    /** The classes, rising. */
    public int[] indices() {
        return allowed.stream().toArray();
    }

    public int size() {
        return allowed.cardinality();
    }

    /** The same answers without the classes that are not in here; an event for which nothing is left is alike in all of them. */
    public Answers restrict(Answers answers) {
        if (!declared) {
            return answers;
        }
        float[] posterior = answers.posterior().clone();
        for (int row = 0; row < posterior.length; row += classes) {
            int from = row;
            double sum = IntStream.range(0, classes)
                    .filter(allowed::get)
                    .mapToDouble(c -> posterior[from + c])
                    .sum();
            for (int c = 0; c < classes; c++) {
                posterior[row + c] =
                        !allowed.get(c) ? 0 : sum > 0 ? (float) (posterior[row + c] / sum) : 1f / allowed.cardinality();
            }
        }
        return new Answers(answers.features(), posterior);
    }
}
