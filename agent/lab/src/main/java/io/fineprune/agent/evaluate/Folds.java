package io.fineprune.agent.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

    /** How many there are. */
    int count() {
        return folds;
    }

    /** Indices of events. */
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

    /** What else is random for this user and fold. */
    long seed(int fold) {
        return seed + 0x9E3779B97F4A7C15L * (fold + 1);
    }

    /** The classes that are left when a user is to meet so many: drawn at random, the fewer among the more. */
    Set<Integer> classes(int wanted, int all) {
        int[] order = shuffled(all, seed ^ 0x5DEECE66DL);
        Set<Integer> chosen = new TreeSet<>();
        for (int i = 0; i < Math.min(wanted, all); i++) {
            chosen.add(order[i]);
        }
        return chosen;
    }

    /** The examples of these indices whose class is among the chosen. */
    static List<Example> pick(List<Example> examples, int[] indices, Set<Integer> classes) {
        List<Example> picked = new ArrayList<>();
        for (int index : indices) {
            if (classes.contains(examples.get(index).label())) {
                picked.add(examples.get(index));
            }
        }
        return picked;
    }

    private static int[] shuffled(int size, long seed) {
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

    private static long mix(long seed, String user) {
        return Long.parseUnsignedLong(Examples.sha256(seed + " " + user).substring(0, 16), 16);
    }
}
