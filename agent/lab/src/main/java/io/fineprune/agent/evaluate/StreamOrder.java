package io.fineprune.agent.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Order in which a user's events come. */
public enum StreamOrder {
    /** At random: every class all the time. */
    SHUFFLED,
    /** As the recordings are listed. */
    RECORDED,
    /** One class after the other, in the order of the model's classes, so that a small budget meets the first ones only. */
    SORTED,
    /** Runs of 2 to 16 events of one class, the runs at random, as life has it. */
    BURSTS;

    private static final int SHORTEST_RUN = 2;
    private static final int LONGEST_RUN = 16;

    /** Orders examples that are at random so far; the given numbers are their places among the recordings. */
    List<Placed> order(List<Placed> shuffled, long seed) {
        return switch (this) {
            case SHUFFLED -> List.copyOf(shuffled);
            case RECORDED ->
                shuffled.stream().sorted(Comparator.comparingInt(Placed::place)).toList();
            case SORTED ->
                shuffled.stream()
                        .sorted(Comparator.comparingInt(
                                        (Placed one) -> one.example().label())
                                .thenComparingInt(Placed::place))
                        .toList();
            case BURSTS -> bursts(shuffled, new SplittableRandom(seed));
        };
    }

    /** An example and its place among the user's recordings, from 0. */
    record Placed(int place, Example example) {}

    private static List<Placed> bursts(List<Placed> shuffled, SplittableRandom random) {
        Map<Integer, List<Placed>> byClass = new TreeMap<>();
        for (Placed one : shuffled) {
            byClass.computeIfAbsent(one.example().label(), label -> new ArrayList<>())
                    .add(one);
        }
        List<List<Placed>> runs = new ArrayList<>();
        for (List<Placed> ofClass : byClass.values()) {
            int from = 0;
            while (from < ofClass.size()) {
                int to = Math.min(ofClass.size(), from + random.nextInt(SHORTEST_RUN, LONGEST_RUN + 1));
                runs.add(ofClass.subList(from, to));
                from = to;
            }
        }
        int[] order = Folds.shuffled(runs.size(), random.nextLong());
        return Arrays.stream(order).mapToObj(runs::get).flatMap(List::stream).toList();
    }
}
