package io.fineprune.agent.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * The methods, users and settings that are measured.
 *
 * @param methods by name; the source model is always measured too
 * @param folds of each user's events; 2 to 100
 * @param foldLimit how many of the folds are run; 1 to folds
 * @param seed of folds and of everything else drawn at random
 * @param users empty: all
 * @param sparsities each 0 to 1; methods that do not prune run once
 * @param budgets events of the user that may be used, each at least 1; methods that use none run once
 * @param classes how many classes a user meets, each at least 2, or 0 for all
 * @param reservoir inputs of a user that are kept at once for repairs, as in the topology; 0 to 4096
 * @param threads 1 or 2
 * @param conditions simulated conditions of the users
 */
public record EvaluationSettings(
        List<String> methods,
        int folds,
        int foldLimit,
        long seed,
        List<String> users,
        List<Double> sparsities,
        List<Integer> budgets,
        List<Integer> classes,
        int reservoir,
        int threads,
        Conditions conditions) {
    public EvaluationSettings {
        methods = List.copyOf(methods);
        users = List.copyOf(users);
        sparsities = List.copyOf(sparsities);
        budgets = List.copyOf(budgets);
        classes = List.copyOf(classes);
        List<String> problems = new ArrayList<>();
        check(problems, folds >= 2 && folds <= 100, "folds: expected 2 to 100, but was " + folds);
        check(
                problems,
                foldLimit >= 1 && foldLimit <= folds,
                "fold limit: expected 1 to %d, but was %d".formatted(folds, foldLimit));
        check(
                problems,
                !sparsities.isEmpty() && sparsities.stream().allMatch(s -> s >= 0 && s <= 1),
                "sparsity: expected numbers from 0 to 1, but was " + sparsities);
        check(
                problems,
                !budgets.isEmpty() && budgets.stream().allMatch(b -> b >= 1),
                "budget: expected numbers of at least 1, but was " + budgets);
        check(
                problems,
                !classes.isEmpty() && classes.stream().allMatch(c -> c == 0 || c >= 2),
                "classes: expected numbers of at least 2, or 0 for all, but was " + classes);
        check(problems, reservoir >= 0 && reservoir <= 4096, "reservoir: expected 0 to 4096, but was " + reservoir);
        check(problems, threads == 1 || threads == 2, "threads: expected 1 or 2, but was " + threads);
        problems.addAll(conditions.problems());
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    private static void check(List<String> problems, boolean good, String problem) {
        if (!good) {
            problems.add(problem);
        }
    }
}
