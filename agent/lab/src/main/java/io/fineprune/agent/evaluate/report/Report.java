package io.fineprune.agent.evaluate.report;

import io.fineprune.agent.evaluate.Breadth;
import io.fineprune.agent.evaluate.GateSummary;
import io.fineprune.agent.evaluate.MethodSummary;
import io.fineprune.agent.evaluate.Summary;
import io.fineprune.agent.evaluate.method.AdaptationMethod;
import io.fineprune.agent.evaluate.method.Methods;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A folder with the paper's Table 1, each pair of its methods compared, and Figures 2 (accuracy per user), 3a (over sparsity), 3b (over the share of data) and 3c
 * (over the number of classes), and what methods do beyond it (retention, forgetting, worst class): plots as PNG and SVG, numbers
 * as CSV. Figures without a point are left out.
 */
public final class Report {
    private Report() {}

    /** Writes the folder; files of the same names are replaced. */
    public static void write(Path folder, Summary summary) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make " + folder, e);
        }
        SummaryCuts views = new SummaryCuts(summary);
        TextTable table = table(views.single());
        table.writeCsv(folder.resolve("table-1.csv"));
        table.writeMarkdown(folder.resolve("table-1.md"));
        pairs(summary, views.single()).writeCsv(folder.resolve("table-1-pairs.csv"));
        pairs(summary, views.single()).writeMarkdown(folder.resolve("table-1-pairs.md"));
        all(summary).writeCsv(folder.resolve("all.csv"));
        life(summary.methods()).writeCsv(folder.resolve("life.csv"));
        life(summary.methods()).writeMarkdown(folder.resolve("life.md"));
        summary.gate().ifPresent(gate -> gate(gate).writeMarkdown(folder.resolve("gate.md")));
        String setting =
                String.format(Locale.ROOT, " (sparsity %.0f %%, %d events)", 100 * views.sparsity(), views.budget());
        perUser(folder.resolve("figure-2"), "Accuracy per user" + setting, summary.users(), views.single());
        curve(folder.resolve("figure-3a"), "Accuracy over sparsity", "sparsity", views.overSparsity());
        curve(
                folder.resolve("figure-3b"),
                "Accuracy over data",
                "share of " + views.budget() + " events",
                views.overData());
        curve(folder.resolve("figure-3c"), "Accuracy over classes", "classes of the user", views.overClasses());
    }

    /** The paper's Table 1, one row per method. */
    public static TextTable table(List<MethodSummary> methods) {
        List<List<String>> rows = new ArrayList<>();
        for (MethodSummary method : methods) {
            AdaptationMethod known = Methods.of(List.of(method.method())).get(0);
            rows.add(List.of(
                    method.label(),
                    known.usesLabels() ? "yes" : "no",
                    number("%.3f", method.accuracy().mean()),
                    number("%.3f", method.accuracy().min()),
                    number("%.3f", method.accuracy().max()),
                    number("%+.3f", method.change()),
                    number("%+.3f", method.largestChange()),
                    method.p().isPresent() ? number("%.2g", method.p().getAsDouble()) : "-",
                    percent(method.removed().nodes()),
                    percent(method.removed().weights()),
                    percent(method.removed().macs()),
                    known.memory(),
                    number("%.2f", method.cost().peakBytes() / 1e6),
                    number("%.1f", method.cost().macs() / 1e6)));
        }
        return new TextTable(
                List.of(
                        "method",
                        "labels",
                        "accuracy",
                        "min",
                        "max",
                        "change",
                        "max change",
                        "p",
                        "nodes removed",
                        "weights removed",
                        "MACs removed",
                        "memory footprint",
                        "adaptation, peak MB",
                        "adaptation, million MACs"),
                rows);
    }

    /** Each method beside every other: what it has more in mean accuracy, and in brackets the p of that. */
    private static TextTable pairs(Summary summary, List<MethodSummary> methods) {
        List<String> headings = new ArrayList<>(List.of("method"));
        methods.forEach(method -> headings.add("less " + method.label()));
        List<List<String>> rows = new ArrayList<>();
        for (MethodSummary method : methods) {
            List<String> row = new ArrayList<>(List.of(method.label()));
            for (MethodSummary other : methods) {
                Summary.Versus versus = summary.compare(method, other);
                String p = versus.p().isPresent() ? number(" (%.2g)", versus.p().getAsDouble()) : "";
                row.add(method.equals(other) || versus.users() == 0 ? "-" : number("%+.3f", versus.change()) + p);
            }
            rows.add(row);
        }
        return new TextTable(headings, rows);
    }

    /** Makes the table of retention, forgetting and worst classes, beyond the accuracy on a user's own classes. */
    public static TextTable life(List<MethodSummary> methods) {
        List<List<String>> rows = new ArrayList<>();
        for (MethodSummary method : methods) {
            Breadth breadth = method.breadth();
            rows.add(List.of(
                    method.label(),
                    method.wantedSparsity() == 0 ? "-" : number("%.2f", method.wantedSparsity()),
                    method.budget() == 0 ? "-" : Integer.toString(method.budget()),
                    method.classes() == 0 ? "all" : Integer.toString(method.classes()),
                    Integer.toString(method.results()),
                    number("%.3f", method.sourceAccuracy().mean()),
                    number("%.3f", method.accuracy().mean()),
                    pair(breadth.met()),
                    pair(breadth.later()),
                    pair(Optional.of(breadth.all())),
                    pair(Optional.of(breadth.worst())),
                    breadth.others().isPresent()
                            ? number("%.3f", breadth.others().get().lost())
                            : "-",
                    percent(breadth.smaller()),
                    percent(method.removed().weights()),
                    number("%.2f", breadth.seconds())));
        }
        return new TextTable(
                List.of(
                        "method",
                        "sparsity",
                        "events",
                        "classes",
                        "results",
                        "source",
                        "accuracy",
                        "met",
                        "later",
                        "all classes",
                        "worst class",
                        "forgotten",
                        "smaller",
                        "weights removed",
                        "seconds"),
                rows);
    }

    /** The method's accuracy, and in brackets what it has more than the source model. */
    private static String pair(Optional<Breadth.Compared> compared) {
        return compared.map(value -> number("%.3f", value.accuracy()) + number(" (%+.3f)", value.change()))
                .orElse("-");
    }

    private static TextTable gate(GateSummary gate) {
        return new TextTable(
                List.of(
                        "decisions",
                        "published",
                        "published and right",
                        "held though better",
                        "mean error of the estimate",
                        "interval holds the measured accuracy",
                        "mean width of the interval"),
                List.of(List.of(
                        Integer.toString(gate.decisions()),
                        Integer.toString(gate.published()),
                        percent(gate.right()),
                        Integer.toString(gate.helpfulHeld()),
                        number("%.3f", gate.estimateError()),
                        percent(gate.coverage()),
                        number("%.3f", gate.width()))));
    }

    private static TextTable all(Summary summary) {
        List<String> headings = new ArrayList<>(List.of("wanted sparsity", "budget", "classes"));
        TextTable plain = table(summary.methods());
        headings.addAll(plain.headings());
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < summary.methods().size(); i++) {
            MethodSummary method = summary.methods().get(i);
            List<String> row = new ArrayList<>(List.of(
                    number("%.2f", method.wantedSparsity()),
                    Integer.toString(method.budget()),
                    Integer.toString(method.classes())));
            row.addAll(plain.rows().get(i));
            rows.add(row);
        }
        return new TextTable(headings, rows);
    }

    private static void perUser(Path file, String title, List<String> users, List<MethodSummary> methods) {
        Map<String, List<Double>> series = new LinkedHashMap<>();
        List<List<String>> rows = new ArrayList<>();
        for (MethodSummary method : methods) {
            Map<String, Double> byUser = new LinkedHashMap<>();
            method.perUser().forEach(user -> byUser.put(user.user(), user.accuracy()));
            series.put(
                    method.label(),
                    users.stream().map(user -> byUser.getOrDefault(user, 0.0)).toList());
            byUser.forEach((user, accuracy) -> rows.add(List.of(method.label(), user, number("%.4f", accuracy))));
        }
        if (!rows.isEmpty()) {
            new TextTable(List.of("method", "user", "accuracy"), rows).writeCsv(csv(file));
            Plots.bars(file, title, users, series);
        }
    }

    private static void curve(Path file, String title, String x, Map<String, Map<Double, Double>> curves) {
        List<List<String>> rows = new ArrayList<>();
        curves.forEach((method, curve) ->
                curve.forEach((place, accuracy) -> rows.add(List.of(method, plain(place), number("%.4f", accuracy)))));
        if (!rows.isEmpty()) {
            new TextTable(List.of("method", x, "accuracy"), rows).writeCsv(csv(file));
            Plots.lines(file, title, x, curves);
        }
    }

    private static Path csv(Path file) {
        return file.resolveSibling(file.getFileName() + ".csv");
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
