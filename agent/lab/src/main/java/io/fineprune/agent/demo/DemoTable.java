package io.fineprune.agent.demo;

import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.v1.Sparsity;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The table at the end of a demo. */
public final class DemoTable {
    private static final String HEADER = "%-14s %6s %6s | %6s %7s %6s | %6s %6s %6s %16s | %9s %7s %8s %9s"
            .formatted(
                    "user",
                    "events",
                    "budget",
                    "nodes",
                    "weights",
                    "MACs",
                    "before",
                    "after",
                    "change",
                    "estimated",
                    "applied",
                    "missed",
                    "gap",
                    "update");

    private DemoTable() {}

    /** One line per user and one for the mean. */
    public static String of(List<UserResult> results, int budget) {
        StringBuilder table = new StringBuilder();
        table.append(" ".repeat(29))
                .append(
                        "|        removed        |   accuracy on what was held out        | after the budget; of inferences in swaps\n");
        table.append(HEADER).append('\n');
        results.forEach(result -> table.append(line(result, budget)).append('\n'));
        double before = mean(results, UserResult::accuracyBefore);
        double after = mean(results, UserResult::accuracyAfter);
        table.append(String.format(
                Locale.ROOT,
                "%-14s %6d %6s | %6s %7s %6s | %6.3f %6.3f %+6.3f %16s | %9s %7d%n",
                "all",
                results.stream().mapToLong(UserResult::events).sum(),
                "",
                percent(mean(results, result -> sparsity(result).getNodes())),
                percent(mean(results, result -> sparsity(result).getWeights())),
                percent(mean(results, result -> sparsity(result).getMacs())),
                before,
                after,
                after - before,
                "",
                "",
                results.stream().mapToLong(UserResult::missed).sum()));
        return table.toString();
    }

    private static String line(UserResult result, int budget) {
        Sparsity removed = sparsity(result);
        return String.format(
                Locale.ROOT,
                "%-14s %6d %6d | %6s %7s %6s | %6.3f %6.3f %+6.3f %16s | %9s %7d %8s %9s",
                result.user(),
                result.events(),
                budget,
                percent(removed.getNodes()),
                percent(removed.getWeights()),
                percent(removed.getMacs()),
                result.accuracyBefore(),
                result.accuracyAfter(),
                result.accuracyAfter() - result.accuracyBefore(),
                estimate(result),
                result.millisToApply()
                        .map(millis -> millis + " ms")
                        .orElse(result.mask().isPresent() ? "no answer" : "no mask"),
                result.missed(),
                result.longestGapMicros() + " us",
                result.mask().map(mask -> mask.getSerializedSize() + " B").orElse(""));
    }

    /** What the agent estimated without labels, with its interval. */
    private static String estimate(UserResult result) {
        return result.mask()
                .filter(mask -> mask.getEvidence().hasEstimatedAccuracy())
                .map(mask -> mask.getEvidence().getEstimatedAccuracy())
                .map(estimate -> String.format(
                        Locale.ROOT, "%.2f (%.2f-%.2f)", estimate.getValue(), estimate.getLower(), estimate.getUpper()))
                .orElse("");
    }

    private static Sparsity sparsity(UserResult result) {
        return result.mask().map(MaskLayers::sparsity).orElse(Sparsity.getDefaultInstance());
    }

    private static double mean(List<UserResult> results, ToDoubleFunction<UserResult> value) {
        return results.stream().mapToDouble(value).average().orElse(0);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
