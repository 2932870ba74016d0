package io.fineprune.agent.demo;

import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who takes part in a demo and with what.
 *
 * @param users by name
 * @param others recordings of everybody else, to train on
 */
public record DemoData(SortedMap<String, UserData> users, List<Recording> others) {
    private static final int HELD_OUT_EVERY = 5;

    /**
     * One user's recordings.
     *
     * @param streamed in the order of streaming
     * @param heldOut never streamed, for measuring: every fifth of each class, so at least a fifth
     */
    public record UserData(List<Recording> streamed, List<Recording> heldOut) {
        public UserData {
            streamed = List.copyOf(streamed);
            heldOut = List.copyOf(heldOut);
        }
    }

    public DemoData {
        users = Collections.unmodifiableSortedMap(new TreeMap<>(users));
        others = List.copyOf(others);
    }

    /**
     * Splits recordings.
     *
     * @param names of the users; empty: those with the most recordings, the first of equals by name
     * @param count how many where no names are given
     * @param seed of the order of streaming
     * @throws DemoException if a user is not there, or has too few recordings
     */
    public static DemoData split(List<Recording> recordings, List<String> names, int count, long seed)
            throws DemoException {
        SortedMap<String, List<Recording>> byUser = Recordings.byUser(recordings);
        List<String> chosen = names.isEmpty() ? largest(byUser, count) : names;
        SortedMap<String, UserData> users = new TreeMap<>();
        for (String name : chosen) {
            List<Recording> own = byUser.get(name);
            if (own == null) {
                throw new DemoException("Expected one of the users %s, but was %s".formatted(byUser.keySet(), name));
            }
            users.put(name, split(own, seed));
            if (users.get(name).streamed().isEmpty()) {
                throw new DemoException(
                        "Expected at least 2 recordings of a class of user %s, but there are fewer".formatted(name));
            }
        }
        List<Recording> others = recordings.stream()
                .filter(recording -> !users.containsKey(recording.user()))
                .toList();
        return new DemoData(users, others);
    }

    /** The events after which each user can be pruned: the wanted number, or as many as the poorest user streams. */
    public int budget(int wanted) {
        return users.values().stream().mapToInt(user -> user.streamed().size()).reduce(wanted, Math::min);
    }

    private static UserData split(List<Recording> own, long seed) {
        Map<String, Integer> seen = new HashMap<>();
        List<Recording> streamed = new ArrayList<>();
        List<Recording> heldOut = new ArrayList<>();
        for (Recording recording : own) {
            int n = seen.merge(recording.label(), 1, Integer::sum) - 1;
            (n % HELD_OUT_EVERY == 0 ? heldOut : streamed).add(recording);
        }
        Collections.shuffle(streamed, new Random(seed));
        return new UserData(streamed, heldOut);
    }

    private static List<String> largest(SortedMap<String, List<Recording>> byUser, int count) {
        return byUser.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, List<Recording>> entry) ->
                        -entry.getValue().size()))
                .limit(count)
                .map(Map.Entry::getKey)
                .toList();
    }
}
