package io.fineprune.agent.evaluate.report;

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

/**
 * A folder with the paper's Table 1 and Figures 2 (accuracy per user), 3a (over sparsity), 3b (over the share of data) and 3c
 * (over the number of classes): plots as PNG and SVG, numbers as CSV. Figures without a point are left out.
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
        Views views = new Views(summary);
        TextTable table = table(views.single());
        table.writeCsv(folder.resolve("table-1.csv"));
        table.writeMarkdown(folder.resolve("table-1.md"));
        all(summary).writeCsv(folder.resolve("all.csv"));
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
                    method.method(),
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

    private static TextTable gate(GateSummary gate) {
        return new TextTable(
                List.of(
                        "decisions",
                        "published",
                        "published and right",
                        "mean error of the estimate",
                        "interval holds the measured accuracy"),
                List.of(List.of(
                        Integer.toString(gate.decisions()),
                        Integer.toString(gate.published()),
                        percent(gate.right()),
                        number("%.3f", gate.estimateError()),
                        percent(gate.coverage()))));
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
                    method.method(),
                    users.stream().map(user -> byUser.getOrDefault(user, 0.0)).toList());
            byUser.forEach((user, accuracy) -> rows.add(List.of(method.method(), user, number("%.4f", accuracy))));
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
