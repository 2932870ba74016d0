package io.fineprune.agent.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Simulated conditions under which the users of an evaluation produce events.
 *
 * @param draws random subsets of the classes for each number of classes and each user; 1 to 1000
 * @param imbalance events of a user's most frequent class for each of the rarest, 1 to 1000; between them the classes fall
 *     geometrically, in the budget and among the held-out events alike
 * @param order in which the user's events come
 * @param noiseDecibels signal-to-noise ratio of white noise that is added to recordings; empty: none
 * @param declared whether users say which classes they meet
 * @param others recordings of other users on which forgetting is measured, 0 to 10,000
 */
public record Conditions(
        int draws, double imbalance, StreamOrder order, OptionalDouble noiseDecibels, Declared declared, int others) {
    /** One draw of equal classes, shuffled, without noise, undeclared; forgetting on 100 recordings. */
    public static final Conditions DEFAULT =
            new Conditions(1, 1, StreamOrder.SHUFFLED, OptionalDouble.empty(), Declared.NO, 100);

    /** Whether users say which classes they meet. */
    public enum Declared {
        NO,
        YES,
        BOTH;

        /** The cases to measure. */
        List<Boolean> choices() {
            return switch (this) {
                case NO -> List.of(false);
                case YES -> List.of(true);
                case BOTH -> List.of(false, true);
            };
        }
    }

    /** Describes each value out of its bounds; empty if all are within. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (draws < 1 || draws > 1000) {
            problems.add("draws: expected 1 to 1000, but was " + draws);
        }
        if (!(imbalance >= 1 && imbalance <= 1000)) {
            problems.add("imbalance: expected 1 to 1000, but was " + imbalance);
        }
        if (noiseDecibels.isPresent() && !(Math.abs(noiseDecibels.getAsDouble()) <= 100)) {
            problems.add("noise: expected -100 to 100 dB, but was " + noiseDecibels.getAsDouble());
        }
        if (others < 0 || others > 10_000) {
            problems.add("others: expected 0 to 10000, but was " + others);
        }
        return problems;
    }

    /** Tells results under these conditions from those under others, as far as a result's key does not. */
    String identity() {
        return "%s %s %s %d".formatted(imbalance, order, noiseDecibels, others);
    }
}
