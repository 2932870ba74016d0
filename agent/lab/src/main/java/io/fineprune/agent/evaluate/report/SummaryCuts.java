package io.fineprune.agent.evaluate.report;

import io.fineprune.agent.evaluate.MethodSummary;
import io.fineprune.agent.evaluate.Summary;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Cuts through a summary of many settings. A cut along one of sparsity, budget and classes holds the others fixed: the sparsity
 * nearest to the paper's 0.7, the largest budget, and all classes (or else the most).
 */
final class SummaryCuts {
    private static final double PAPER_SPARSITY = 0.7;

    private final List<MethodSummary> methods;
    private final double sparsity;
    private final int budget;
    private final int classes;

    SummaryCuts(Summary summary) {
        this.methods = summary.methods();
        this.sparsity = methods.stream()
                .map(MethodSummary::wantedSparsity)
                .filter(s -> s > 0)
                .min(Comparator.comparingDouble(s -> Math.abs(s - PAPER_SPARSITY)))
                .orElse(0.0);
        this.budget = methods.stream().mapToInt(MethodSummary::budget).max().orElse(0);
        this.classes = methods.stream().anyMatch(method -> method.classes() == 0)
                ? 0
                : methods.stream().mapToInt(MethodSummary::classes).max().orElse(0);
    }

    double sparsity() {
        return sparsity;
    }

    int budget() {
        return budget;
    }

    /** Returns one summary per method, at the fixed setting. */
    List<MethodSummary> single() {
        return methods.stream()
                .filter(method -> atSparsity(method) && atBudget(method) && atClasses(method))
                .toList();
    }

    /** By method: accuracy over sparsity; methods that do not prune are level. */
    Map<String, Map<Double, Double>> overSparsity() {
        return curves(
                method -> atBudget(method) && atClasses(method),
                MethodSummary::wantedSparsity,
                method -> method.wantedSparsity() > 0);
    }

    /** By method: accuracy over the share of the largest budget; methods that use no events are level. */
    Map<String, Map<Double, Double>> overData() {
        return curves(
                method -> atSparsity(method) && atClasses(method),
                method -> (double) method.budget() / Math.max(1, budget),
                method -> method.budget() > 0);
    }

    /** By method: accuracy over the number of classes. */
    Map<String, Map<Double, Double>> overClasses() {
        return curves(
                method -> atSparsity(method) && atBudget(method) && method.classes() > 0,
                MethodSummary::classes,
                method -> true);
    }

    private boolean atSparsity(MethodSummary method) {
        return method.wantedSparsity() == sparsity
                || (method.wantedSparsity() == 0 && !hasOther(method, MethodSummary::wantedSparsity));
    }

    private boolean atBudget(MethodSummary method) {
        return method.budget() == budget || method.budget() == 0;
    }

    private boolean atClasses(MethodSummary method) {
        return method.classes() == classes;
    }

    private boolean hasOther(MethodSummary method, ToDoubleFunction<MethodSummary> setting) {
        return methods.stream()
                .anyMatch(other -> other.method().equals(method.method())
                        && setting.applyAsDouble(other) != setting.applyAsDouble(method));
    }

    private Map<String, Map<Double, Double>> curves(
            Predicate<MethodSummary> cut, ToDoubleFunction<MethodSummary> x, Predicate<MethodSummary> varies) {
        Map<String, Map<Double, Double>> curves = new LinkedHashMap<>();
        List<MethodSummary> shown = methods.stream().filter(cut).toList();
        List<Double> places = shown.stream()
                .filter(varies)
                .map(x::applyAsDouble)
                .distinct()
                .sorted()
                .toList();
        for (MethodSummary method : shown) {
            Map<Double, Double> curve = curves.computeIfAbsent(method.label(), name -> new java.util.TreeMap<>());
            boolean level = !varies.test(method) && !hasOther(method, x);
            if (level) {
                places.forEach(place -> curve.put(place, method.accuracy().mean()));
            } else {
                curve.put(x.applyAsDouble(method), method.accuracy().mean());
            }
        }
        return curves;
    }
}
