package io.fineprune.topology.labelling;

import io.fineprune.topology.repair.LayerwiseModel.Answers;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The classes that a user can meet: those that were declared, or all of the model's. A class outside it is never answered.
 * Immutable.
 */
public final class Vocabulary {
    private static final int MOST_NAMED = 5;
    private static final int MOST_NEAREST = 3;

    private final int classes;
    private final BitSet allowed;
    private final boolean declared;

    private Vocabulary(int classes, BitSet allowed, boolean declared) {
        this.classes = classes;
        this.allowed = allowed;
        this.declared = declared;
    }

    /** Returns the vocabulary of a user for whom no classes were declared: all of the model's. */
    public static Vocabulary all(int classes) {
        BitSet every = new BitSet();
        every.set(0, classes);
        return new Vocabulary(classes, every, false);
    }

    /**
     * The classes that were declared, as far as the model has them; all of them where it has fewer than two.
     *
     * @param labels the model's names of its classes
     * @param declared names; empty: none were declared
     */
    public static Vocabulary of(List<String> labels, List<String> declared) {
        BitSet allowed = new BitSet();
        declared.stream().mapToInt(labels::indexOf).filter(c -> c >= 0).forEach(allowed::set);
        return allowed.cardinality() < 2 ? all(labels.size()) : new Vocabulary(labels.size(), allowed, true);
    }

    /** What is wrong with declared names, each unknown one with the names that are nearest to it; empty if nothing is. */
    public static Optional<String> problem(List<String> labels, List<String> declared) {
        String unknown = declared.stream()
                .filter(name -> !labels.contains(name))
                .limit(MOST_NAMED)
                .map(name -> "%s (nearest: %s)".formatted(name, String.join(", ", nearest(labels, name))))
                .collect(Collectors.joining("; "));
        if (!unknown.isEmpty()) {
            return Optional.of("Expected classes that the model has, but was " + unknown);
        }
        return declared.size() == 1 || new HashSet<>(declared).size() < declared.size()
                ? Optional.of("Expected at least two different classes, but was " + String.join(", ", declared))
                : Optional.empty();
    }

    private static List<String> nearest(List<String> labels, String name) {
        return labels.stream()
                .sorted(Comparator.comparingInt(
                        label -> edits(label.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT))))
                .limit(MOST_NEAREST)
                .toList();
    }

    /** Characters to insert, delete or replace to make one of the other (Levenshtein 1966). */
    private static int edits(String left, String right) {
        int[] row = IntStream.rangeClosed(0, right.length()).toArray();
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int replaced = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[right.length()];
    }

    /** Tells whether the user's classes were declared. */
    public boolean declared() {
        return declared;
    }

    public boolean allows(int c) {
        return allowed.get(c);
    }

    /** Returns the indices of the classes in ascending order. */
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
