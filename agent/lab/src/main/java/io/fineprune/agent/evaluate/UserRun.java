package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.StreamOrder.Placed;
import io.fineprune.agent.evaluate.method.AdaptationMethod;
import io.fineprune.agent.evaluate.method.Adapted;
import io.fineprune.agent.evaluate.method.EvaluatedModel;
import io.fineprune.agent.evaluate.method.Methods;
import io.fineprune.agent.evaluate.method.UserStream;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Measures methods for one user. For one thread. */
final class UserRun {
    private final EvaluationSettings settings;
    private final EvaluatedModel bench;
    private final List<Example> examples;
    private final List<Example> others;
    private final Folds folds;
    private final int[] present;
    private @Nullable Tally othersBySource;

    /**
     * Prepares the measurements of one user.
     *
     * @param examples of the user
     * @param others of other users
     */
    UserRun(
            EvaluationSettings settings,
            EvaluatedModel bench,
            String user,
            List<Example> examples,
            List<Example> others) {
        this.settings = settings;
        this.bench = bench;
        this.examples = examples;
        this.others = others;
        this.folds = new Folds(examples.size(), Math.min(settings.folds(), examples.size()), settings.seed(), user);
        this.present =
                examples.stream().mapToInt(Example::label).distinct().sorted().toArray();
    }

    /** Whether the user has so many folds, and more classes than are drawn where there are several draws. */
    boolean has(ResultKey key) {
        return key.fold() < folds.count() && (key.draw() == 0 || key.classes() < present.length);
    }

    EvaluationResult measure(ResultKey key) throws UnusableEventException {
        Set<Integer> own = folds.classes(key.classes() == 0 ? present.length : key.classes(), present, key.draw());
        Folds.Split split = folds.split(key.fold());
        long seed = folds.seed(key.fold(), key.draw());
        List<Placed> stream =
                settings.conditions().order().order(asFrequent(pick(split.stream(), own), own, seed), seed);
        List<Placed> heldOut = new ArrayList<>(asFrequent(pick(split.heldOut(), own), own, seed));
        if (stream.isEmpty() || heldOut.isEmpty()) {
            throw new EvaluationException(
                    "Expected user %s to have events of %d classes to adapt to and to test on, but was %d and %d"
                            .formatted(key.user(), own.size(), stream.size(), heldOut.size()));
        }
        for (int index : split.heldOut()) {
            if (!own.contains(examples.get(index).label())) {
                heldOut.add(new Placed(index, examples.get(index)));
            }
        }
        List<Example> budget = examples(stream.subList(0, Math.min(stream.size(), key.budget())));
        UserStream events = new UserStream(
                key.user(), seed, inputs(budget), labels(budget), settings.reservoir(), declared(key, own));
        AdaptationMethod method = Methods.of(List.of(key.method())).get(0);
        if (method.usesEvents()) {
            bench.observe(events);
        }
        long before = System.nanoTime();
        Adapted adapted = method.adapt(bench, events, key.sparsity());
        double seconds = (System.nanoTime() - before) / 1e9;
        List<Example> tested = examples(heldOut);
        List<ClassTally> tallies = tallies(own, budget, tested, bench.classify(adapted, inputs(tested)));
        Optional<Adapted> withheld = method.withheld(bench, events, key.sparsity(), adapted);
        return new EvaluationResult(
                key,
                tallies,
                method.usesEvents() ? events.events() : 0,
                adapted.removed(),
                adapted.cost(),
                seconds,
                others(adapted),
                adapted.gate(),
                withheld.isPresent() ? Optional.of(own(withheld.get(), own, tested)) : Optional.empty());
    }

    private static Optional<int[]> declared(ResultKey key, Set<Integer> own) {
        return key.declared()
                ? Optional.of(own.stream().mapToInt(Integer::intValue).toArray())
                : Optional.empty();
    }

    private List<Placed> pick(int[] indices, Set<Integer> classes) {
        List<Placed> picked = new ArrayList<>();
        for (int index : indices) {
            if (classes.contains(examples.get(index).label())) {
                picked.add(new Placed(index, examples.get(index)));
            }
        }
        return picked;
    }

    /** As many of each class as its frequency allows, the first of those given; at least one of each. */
    private List<Placed> asFrequent(List<Placed> all, Set<Integer> classes, long seed) {
        double imbalance = settings.conditions().imbalance();
        if (imbalance == 1) {
            return all;
        }
        double[] frequencies = Folds.frequencies(classes.size(), imbalance, seed);
        Map<Integer, Double> frequency = new HashMap<>();
        Map<Integer, Integer> counts = new HashMap<>();
        for (int label : classes) {
            frequency.put(label, frequencies[frequency.size()]);
        }
        all.forEach(one -> counts.merge(one.example().label(), 1, Integer::sum));
        double scale = counts.entrySet().stream()
                .mapToDouble(entry -> entry.getValue() / frequency.getOrDefault(entry.getKey(), 1.0))
                .min()
                .orElse(0);
        Map<Integer, Integer> taken = new HashMap<>();
        return all.stream()
                .filter(one -> {
                    int label = one.example().label();
                    long allowed = Math.max(1, Math.round(scale * frequency.getOrDefault(label, 1.0)));
                    return taken.merge(label, 1, Integer::sum) <= allowed;
                })
                .toList();
    }

    private static List<ClassTally> tallies(
            Set<Integer> own, List<Example> budget, List<Example> tested, int[] answers) {
        Map<Integer, Tally> byClass = new TreeMap<>();
        for (int i = 0; i < answers.length; i++) {
            int label = tested.get(i).label();
            byClass.merge(label, new Tally(answers[i] == label ? 1 : 0, 1), Tally::plus);
        }
        Map<Integer, Integer> seen = new HashMap<>();
        budget.forEach(example -> seen.merge(example.label(), 1, Integer::sum));
        List<ClassTally> tallies = new ArrayList<>();
        byClass.forEach((label, tally) -> tallies.add(new ClassTally(
                label, own.contains(label), seen.getOrDefault(label, 0), tally.correct(), tally.tested())));
        return tallies;
    }

    private Tally own(Adapted adapted, Set<Integer> own, List<Example> tested) throws UnusableEventException {
        return count(
                adapted,
                tested.stream().filter(example -> own.contains(example.label())).toList());
    }

    /**
     * Counts right answers to other users' recordings. A user who keeps the source model forgets nothing, so that is
     * not measured again.
     */
    private Tally others(Adapted adapted) throws UnusableEventException {
        if (!adapted.asSource()) {
            return count(adapted, others);
        }
        Tally known = othersBySource;
        if (known == null) {
            known = count(adapted, others);
            othersBySource = known;
        }
        return known;
    }

    private Tally count(Adapted adapted, List<Example> tested) throws UnusableEventException {
        if (tested.isEmpty()) {
            return new Tally(0, 0);
        }
        int[] answers = bench.classify(adapted, inputs(tested));
        int correct = 0;
        for (int i = 0; i < answers.length; i++) {
            correct += answers[i] == tested.get(i).label() ? 1 : 0;
        }
        return new Tally(correct, answers.length);
    }

    private static List<Example> examples(List<Placed> placed) {
        return placed.stream().map(Placed::example).toList();
    }

    private static List<ModelInput> inputs(List<Example> examples) {
        return examples.stream().map(Example::input).toList();
    }

    private static int[] labels(List<Example> examples) {
        return examples.stream().mapToInt(Example::label).toArray();
    }
}
