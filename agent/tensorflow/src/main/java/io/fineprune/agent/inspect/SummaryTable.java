package io.fineprune.agent.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes a summary as a table of text. */
public final class SummaryTable {
    private static final int MAX_NAME = 48;
    private static final List<String> HEADINGS =
            List.of("#", "layer", "kind", "nodes", "inputs", "weights", "MACs", "group", "prunable");
    private static final int FIRST_NUMBER = 3;
    private static final int LAST_NUMBER = 6;

    private SummaryTable() {}

    /** Returns several lines; the last has no line break. */
    public static String of(ModelSummary summary) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(HEADINGS);
        for (int i = 0; i < summary.rows().size(); i++) {
            lines.add(cells(i, summary.rows().get(i)));
        }
        int[] widths = new int[HEADINGS.size()];
        for (List<String> line : lines) {
            for (int c = 0; c < widths.length; c++) {
                widths[c] = Math.max(widths[c], line.get(c).length());
            }
        }
        StringBuilder text = new StringBuilder(header(summary)).append('\n');
        for (List<String> line : lines) {
            text.append('\n').append(aligned(line, widths));
        }
        return text.append("\n\n").append(totals(summary)).toString();
    }

    private static String header(ModelSummary summary) {
        return "model        %s%nfingerprint  %s%ninput        %s%nclasses      %d"
                .formatted(summary.id(), summary.fingerprint(), summary.input(), summary.classes());
    }

    private static List<String> cells(int index, ModelSummary.Row row) {
        return List.of(
                Integer.toString(index + 1),
                shortened(row.name()),
                row.kind(),
                grouped(row.nodes()),
                grouped(row.inputs()),
                grouped(row.weights()),
                grouped(row.macs()),
                row.group().map(group -> "g" + (group + 1)).orElse("-"),
                row.whyNot()
                        .map(reason -> "no: " + reason)
                        .orElse(
                                row.prunableNodes() == row.nodes()
                                        ? "yes"
                                        : "%d of %d nodes".formatted(row.prunableNodes(), row.nodes())));
    }

    private static String aligned(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < widths.length; c++) {
            String space = " ".repeat(widths[c] - cells.get(c).length());
            boolean number = c == 0 || (c >= FIRST_NUMBER && c <= LAST_NUMBER);
            line.append(number ? space + cells.get(c) : cells.get(c) + space).append("  ");
        }
        return line.toString().stripTrailing();
    }

    private static String totals(ModelSummary summary) {
        return "total        %d layers, %s nodes, %s of them prunable as %s units in %d groups; %s weights, %s MACs an event"
                .formatted(
                        summary.rows().size(),
                        grouped(summary.nodes()),
                        grouped(summary.prunableNodes()),
                        grouped(summary.units()),
                        summary.groups().size(),
                        grouped(summary.weights()),
                        grouped(summary.macs()));
    }

    /** Shortens a long name at its beginning, since its end tells more. */
    static String shortened(String name) {
        return name.length() <= MAX_NAME ? name : "..." + name.substring(name.length() - MAX_NAME + 3);
    }

    static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
