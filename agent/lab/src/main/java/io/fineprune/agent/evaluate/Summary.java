package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.MethodSummary.UserAccuracy;
import io.fineprune.agent.evaluate.method.Cost;
import io.fineprune.agent.evaluate.method.Methods;
import io.fineprune.agent.evaluate.method.Shares;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.math3.stat.inference.TTest;

/**
 * All methods over all users.
 *
 * @param users in alphabetical order
 * @param methods in the order of the results
 * @param gate over all users, folds, methods and settings that have one
 */
public record Summary(List<String> users, List<MethodSummary> methods, Optional<GateSummary> gate) {
    private record Setting(String method, double sparsity, int budget, int classes) {}

    private record Place(String user, int fold, int classes) {}

    public Summary {
        users = List.copyOf(users);
        methods = List.copyOf(methods);
    }

    /** Summarises; results without the source model's for the same user and fold are left out. */
    public static Summary of(List<EvaluationResult> results) {
        Map<Place, EvaluationResult> sources = new LinkedHashMap<>();
        Map<Setting, List<EvaluationResult>> bySetting = new LinkedHashMap<>();
        for (EvaluationResult result : results) {
            if (result.key().method().equals(Methods.SOURCE)) {
                sources.put(place(result.key()), result);
            }
        }
        for (EvaluationResult result : results) {
            ResultKey key = result.key();
            if (sources.containsKey(place(key))) {
                bySetting
                        .computeIfAbsent(
                                new Setting(key.method(), key.sparsity(), key.budget(), key.classes()),
                                setting -> new ArrayList<>())
                        .add(result);
            }
        }
        List<MethodSummary> methods = new ArrayList<>();
        bySetting.forEach((setting, ofSetting) -> methods.add(summarise(setting, ofSetting, sources)));
        List<String> users = results.stream()
                .map(result -> result.key().user())
                .distinct()
                .sorted()
                .toList();
        List<GateSummary.Decision> decisions = bySetting.values().stream()
                .flatMap(List::stream)
                .map(result -> new GateSummary.Decision(
                        result,
                        sources.getOrDefault(place(result.key()), result).accuracy()))
                .toList();
        return new Summary(users, methods, GateSummary.of(decisions));
    }

    /** The two-sided p of a paired t-test; empty for fewer than two pairs or pairs without any difference. */
    static OptionalDouble pairedTTest(double[] first, double[] second) {
        if (first.length < 2) {
            return OptionalDouble.empty();
        }
        double p = new TTest().pairedTTest(first, second);
        return Double.isNaN(p) ? OptionalDouble.empty() : OptionalDouble.of(p);
    }

    private static Place place(ResultKey key) {
        return new Place(key.user(), key.fold(), key.classes());
    }

    private static MethodSummary summarise(
            Setting setting, List<EvaluationResult> results, Map<Place, EvaluationResult> sources) {
        SortedMap<String, long[]> counts = new TreeMap<>();
        List<GateSummary.Decision> decisions = new ArrayList<>();
        double nodes = 0;
        double weights = 0;
        double macs = 0;
        double operations = 0;
        long bytes = 0;
        for (EvaluationResult result : results) {
            EvaluationResult source = sources.getOrDefault(place(result.key()), result);
            long[] of = counts.computeIfAbsent(result.key().user(), user -> new long[4]);
            of[0] += result.correct();
            of[1] += result.tested();
            of[2] += source.correct();
            of[3] += source.tested();
            decisions.add(new GateSummary.Decision(result, source.accuracy()));
            nodes += result.removed().nodes() / results.size();
            weights += result.removed().weights() / results.size();
            macs += result.removed().macs() / results.size();
            operations += (double) result.cost().macs() / results.size();
            bytes = Math.max(bytes, result.cost().peakBytes());
        }
        List<UserAccuracy> perUser = new ArrayList<>();
        counts.forEach(
                (user, of) -> perUser.add(new UserAccuracy(user, (double) of[0] / of[1], (double) of[2] / of[3])));
        double[] accuracy = perUser.stream().mapToDouble(UserAccuracy::accuracy).toArray();
        double[] source =
                perUser.stream().mapToDouble(UserAccuracy::sourceAccuracy).toArray();
        double[] change = perUser.stream()
                .mapToDouble(user -> user.accuracy() - user.sourceAccuracy())
                .toArray();
        return new MethodSummary(
                setting.method(),
                setting.sparsity(),
                setting.budget(),
                setting.classes(),
                Spread.of(accuracy),
                Spread.of(source),
                Spread.of(change).mean(),
                Spread.of(change).max(),
                new Shares(nodes, weights, macs),
                new Cost(Math.round(operations), bytes),
                pairedTTest(accuracy, source),
                GateSummary.of(decisions),
                perUser);
    }
}
