package io.fineprune.agent.evaluate.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rows under headings, as CSV (RFC 4180) or Markdown. */
public record TextTable(List<String> headings, List<List<String>> rows) {
    public TextTable {
        headings = List.copyOf(headings);
        List<List<String>> copy = new ArrayList<>();
        for (List<String> row : rows) {
            if (row.size() != headings.size()) {
                throw new IllegalArgumentException(
                        "Expected %d cells in a row, but was %d".formatted(headings.size(), row.size()));
            }
            copy.add(List.copyOf(row));
        }
        rows = List.copyOf(copy);
    }

    public String csv() {
        StringBuilder text = new StringBuilder();
        text.append(csvLine(headings));
        rows.forEach(row -> text.append(csvLine(row)));
        return text.toString();
    }

    public String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("| ").append(String.join(" | ", headings)).append(" |\n");
        text.append("|").append("---|".repeat(headings.size())).append("\n");
        for (List<String> row : rows) {
            text.append("| ")
                    .append(row.stream().map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ")))
                    .append(" |\n");
        }
        return text.toString();
    }

    void writeCsv(Path file) {
        write(file, csv());
    }

    void writeMarkdown(Path file) {
        write(file, markdown());
    }

    private static String csvLine(List<String> cells) {
        return cells.stream()
                        .map(cell -> cell.matches("[^\",\r\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"')
                        .collect(Collectors.joining(","))
                + "\r\n";
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }
}
