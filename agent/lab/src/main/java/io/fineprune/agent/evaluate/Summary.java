package io.fineprune.agent.evaluate;

import io.fineprune.agent.evaluate.MethodSummary.UserAccuracy;
import io.fineprune.agent.evaluate.method.Cost;
import io.fineprune.agent.evaluate.method.Methods;
import io.fineprune.agent.evaluate.method.Shares;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.statistics.inference.TTest;

/**
 * All methods over all users.
 *
 * @param users in alphabetical order
 * @param methods in the order of the results
 * @param gate over all users, folds, draws, methods and settings that have one
 * @param pairs every result beside the source model's of the same user, fold and classes
 */
public record Summary(List<String> users, List<MethodSummary> methods, Optional<GateSummary> gate, List<Pair> pairs) {
    private record Setting(String method, double sparsity, int budget, int classes, boolean declared) {}

    private record Place(String user, int fold, int classes, int draw) {}

    public Summary {
        users = List.copyOf(users);
        methods = List.copyOf(methods);
        pairs = List.copyOf(pairs);
    }

    /** Summarises; results without the source model's for the same user, fold and classes are left out. */
    public static Summary of(List<EvaluationResult> results) {
        Map<Place, EvaluationResult> sources = new LinkedHashMap<>();
        for (EvaluationResult result : results) {
            if (result.key().method().equals(Methods.SOURCE)) {
                sources.put(place(result.key()), result);
            }
        }
        List<Pair> pairs = new ArrayList<>();
        Map<Setting, List<Pair>> bySetting = new LinkedHashMap<>();
        for (EvaluationResult result : results) {
            ResultKey key = result.key();
            EvaluationResult source = sources.get(place(key));
            if (source != null) {
                Pair pair = new Pair(result, source);
                pairs.add(pair);
                bySetting
                        .computeIfAbsent(setting(key), setting -> new ArrayList<>())
                        .add(pair);
            }
        }
        List<MethodSummary> methods = new ArrayList<>();
        bySetting.forEach((setting, ofSetting) -> methods.add(summarise(setting, ofSetting)));
        List<String> users = results.stream()
                .map(result -> result.key().user())
                .distinct()
                .sorted()
                .toList();
        return new Summary(users, methods, GateSummary.of(pairs), pairs);
    }

    /** The two-sided p of a paired t-test; empty for fewer than two pairs or pairs without any difference. */
    static OptionalDouble pairedTTest(double[] first, double[] second) {
        if (first.length < 2) {
            return OptionalDouble.empty();
        }
        double p = TTest.withDefaults().pairedTest(first, second).getPValue();
        return Double.isNaN(p) ? OptionalDouble.empty() : OptionalDouble.of(p);
    }

    /** Two of the methods on what both were measured on. */
    public Versus compare(MethodSummary first, MethodSummary second) {
        Map<Place, EvaluationResult> others = new LinkedHashMap<>();
        results(second).forEach(result -> others.put(place(result.key()), result));
        SortedMap<String, Tally> mine = new TreeMap<>();
        SortedMap<String, Tally> theirs = new TreeMap<>();
        for (EvaluationResult result : results(first)) {
            EvaluationResult other = others.get(place(result.key()));
            if (other != null) {
                mine.merge(result.key().user(), result.tally(ClassGroup.OWN), Tally::plus);
                theirs.merge(result.key().user(), other.tally(ClassGroup.OWN), Tally::plus);
            }
        }
        double[] left = mine.values().stream().mapToDouble(Tally::accuracy).toArray();
        double[] right = theirs.values().stream().mapToDouble(Tally::accuracy).toArray();
        double change = Arrays.stream(left).average().orElse(0)
                - Arrays.stream(right).average().orElse(0);
        return new Versus(left.length, change, pairedTTest(left, right));
    }

    private List<EvaluationResult> results(MethodSummary method) {
        Setting wanted = new Setting(
                method.method(), method.wantedSparsity(), method.budget(), method.classes(), method.declared());
        return pairs.stream()
                .map(Pair::result)
                .filter(result -> setting(result.key()).equals(wanted))
                .toList();
    }

    private static Setting setting(ResultKey key) {
        return new Setting(key.method(), key.sparsity(), key.budget(), key.classes(), key.declared());
    }

    private static Place place(ResultKey key) {
        return new Place(key.user(), key.fold(), key.classes(), key.draw());
    }

    private static MethodSummary summarise(Setting setting, List<Pair> pairs) {
        SortedMap<String, Tally> mine = new TreeMap<>();
        SortedMap<String, Tally> sources = new TreeMap<>();
        double nodes = 0;
        double weights = 0;
        double macs = 0;
        double operations = 0;
        long bytes = 0;
        for (Pair pair : pairs) {
            EvaluationResult result = pair.result();
            mine.merge(result.key().user(), result.tally(ClassGroup.OWN), Tally::plus);
            sources.merge(result.key().user(), pair.source().tally(ClassGroup.OWN), Tally::plus);
            nodes += result.removed().nodes() / pairs.size();
            weights += result.removed().weights() / pairs.size();
            macs += result.removed().macs() / pairs.size();
            operations += (double) result.cost().macs() / pairs.size();
            bytes = Math.max(bytes, result.cost().peakBytes());
        }
        List<UserAccuracy> perUser = new ArrayList<>();
        mine.forEach((user, tally) -> perUser.add(new UserAccuracy(
                user, tally.accuracy(), sources.getOrDefault(user, tally).accuracy())));
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
                setting.declared(),
                pairs.size(),
                Spread.of(accuracy),
                Spread.of(source),
                Spread.of(change).mean(),
                Spread.of(change).max(),
                new Shares(nodes, weights, macs),
                new Cost(Math.round(operations), bytes),
                pairedTTest(accuracy, source),
                GateSummary.of(pairs),
                Breadth.of(pairs),
                perUser);
    }

    /**
     * One method beside another over the users, each user's accuracy over the folds, classes and draws that both were measured on.
     *
     * @param users that both were measured on
     * @param change mean of what the first has more than the second; 0 where there are no users
     * @param p of a two-sided paired t-test over the users, not corrected for the number of pairs; empty where there is no difference, or
     *     one user
     */
    public record Versus(int users, double change, OptionalDouble p) {}
}
