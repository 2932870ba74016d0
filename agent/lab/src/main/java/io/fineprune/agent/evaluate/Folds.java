package io.fineprune.agent.evaluate;

import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * A user's events, shuffled once by the seed and the user's name, cut into folds. The events of a fold are held out for
 * testing; the others, in shuffled order, are the stream that a method adapts to.
 */
final class Folds {
    private final int[] shuffled;
    private final int folds;
    private final long seed;

    Folds(int events, int folds, long seed, String user) {
        if (folds < 2 || events < folds) {
            throw new EvaluationException("Expected at least 2 folds and as many events of user %s, but was %d and %d"
                    .formatted(user, folds, events));
        }
        this.folds = folds;
        this.seed = mix(seed, user);
        this.shuffled = shuffled(events, this.seed);
    }

    /** Returns the number of folds. */
    int count() {
        return folds;
    }

    /** Indices of a user's events in one fold: those to adapt to, and those held out for testing. */
    record Split(int[] stream, int[] heldOut) {}

    /** One fold: every event is either in the stream or held out, and held out in exactly one fold. */
    Split split(int fold) {
        int from = (int) ((long) shuffled.length * fold / folds);
        int to = (int) ((long) shuffled.length * (fold + 1) / folds);
        int[] stream = new int[shuffled.length - (to - from)];
        System.arraycopy(shuffled, 0, stream, 0, from);
        System.arraycopy(shuffled, to, stream, from, shuffled.length - to);
        return new Split(stream, Arrays.copyOfRange(shuffled, from, to));
    }

    /** Derives the seed of everything else that is drawn at random for this user and fold. */
    long seed(int fold) {
        return seed + 0x9E3779B97F4A7C15L * (fold + 1);
    }

    /** Derives the seed of everything that is drawn at random for this user, fold and draw of classes. */
    long seed(int fold, int draw) {
        return seed(fold) + 0xD1B54A32D192ED03L * draw;
    }

    /**
     * The classes that are left when a user is to meet so many, at random; of one draw the fewer are among the more.
     *
     * @param present the classes that the user has events of, rising
     */
    Set<Integer> classes(int wanted, int[] present, int draw) {
        int[] order = shuffled(present.length, (seed ^ 0x5DEECE66DL) + 0x9E3779B97F4A7C15L * draw);
        Set<Integer> chosen = new TreeSet<>();
        for (int i = 0; i < Math.min(wanted, present.length); i++) {
            chosen.add(present[order[i]]);
        }
        return chosen;
    }

    /**
     * How often each class comes, relative to the most frequent: geometrically from 1 down to 1 / imbalance, which class
     * is where at random.
     *
     * @return [classes in rising order]
     */
    static double[] frequencies(int classes, double imbalance, long seed) {
        int[] ranks = shuffled(classes, seed);
        double[] frequencies = new double[classes];
        for (int c = 0; c < classes; c++) {
            frequencies[c] = classes < 2 ? 1 : Math.pow(imbalance, -(double) ranks[c] / (classes - 1));
        }
        return frequencies;
    }

    /** Returns the numbers from 0 to size - 1 in a random order. */
    static int[] shuffled(int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            order[i] = i;
        }
        for (int i = size - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    /** Derives a user's seed from the common one and the user's name. */
    static long mix(long seed, String user) {
        return Long.parseUnsignedLong(Examples.sha256(seed + " " + user).substring(0, 16), 16);
    }
}
