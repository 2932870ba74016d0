package io.fineprune.agent.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the class that a recording's label means. Tables name classes in other ways than models do: in other letters ("Up" and
 * "up", "ice_cream" and "ice cream"), by one of several names ("tench" of "tench, Tinca tinca"), as a word or a digit ("seven"
 * and "7"), or by the class's index, as far as the model's own names are not numbers. Immutable.
 */
final class ClassNames {
    private static final int SHOWN = 12;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,6}");
    private static final List<String> DIGITS =
            List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");

    private final List<String> labels;
    private final Map<String, Integer> exact = new HashMap<>();
    private final Map<String, Integer> plain = new HashMap<>();
    private final Map<String, Integer> names = new HashMap<>();
    private final boolean numbered;

    /** @param labels the model's classes */
    ClassNames(List<String> labels) {
        this.labels = List.copyOf(labels);
        Set<String> ambiguous = new HashSet<>();
        Set<String> ambiguousNames = new HashSet<>();
        for (int c = 0; c < labels.size(); c++) {
            exact.put(labels.get(c), c);
            put(plain, ambiguous, plain(labels.get(c)), c);
            for (String name : names(labels.get(c))) {
                put(names, ambiguousNames, name, c);
            }
        }
        plain.keySet().removeAll(ambiguous);
        names.keySet().removeAll(ambiguousNames);
        this.numbered =
                plain.keySet().stream().anyMatch(label -> NUMBER.matcher(label).matches());
    }

    private static void put(Map<String, Integer> map, Set<String> ambiguous, String name, int index) {
        Integer other = map.putIfAbsent(name, index);
        if (other != null && other != index) {
            ambiguous.add(name);
        }
    }

    /** The index of the class that a label means; empty if there is none, or if it could be several. */
    OptionalInt find(String label) {
        Integer found = exact.get(label);
        String wanted = plain(label);
        if (found == null) {
            found = plain.get(wanted);
        }
        for (String name : names(label)) {
            if (found == null) {
                found = names.get(name);
            }
        }
        if (found == null
                && !numbered
                && !label.startsWith("-")
                && NUMBER.matcher(wanted).matches()) {
            int index = Integer.parseInt(wanted);
            found = index < labels.size() ? Integer.valueOf(index) : null;
        }
        return found == null ? OptionalInt.empty() : OptionalInt.of(found);
    }

    /** The first classes, for messages. */
    String shown() {
        List<String> first = labels.subList(0, Math.min(SHOWN, labels.size()));
        return first.size() == labels.size()
                ? first.toString()
                : "[%s, ... %d in all]".formatted(String.join(", ", first), labels.size());
    }

    private static List<String> names(String label) {
        List<String> found = new ArrayList<>();
        Arrays.stream(label.split(",")).map(ClassNames::plain).forEach(found::add);
        return found;
    }

    private static String plain(String label) {
        String spaced = label.strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[\\s_-]+", " ")
                .strip();
        int digit = DIGITS.indexOf(spaced);
        return digit < 0 ? spaced : Integer.toString(digit);
    }
}
