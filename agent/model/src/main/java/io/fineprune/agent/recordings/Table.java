package io.fineprune.agent.recordings;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads comma-separated values: a line of column names, then a row a line; fields may be quoted. */
final class Table {
    private static final long MAX_BYTES = 64L << 20;

    /** Names that data sets give to columns, by the name that is asked for. */
    private static final Map<String, String> ALTERNATIVES = Map.of("digit", "label", "writer", "user");

    private Table() {}

    /** Takes a line's number, from 1, and its fields. */
    @FunctionalInterface
    interface Rows {
        void accept(int line, List<String> fields) throws IOException;
    }

    /**
     * Reads the rows that have a field for every column that is asked for. A problem is added for any other.
     *
     * @param columns the names wanted
     * @param rows takes each row, its fields in the order of {@code columns}
     */
    static void read(Path file, List<String> columns, List<String> problems, Rows rows) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + ": expected at most " + MAX_BYTES + " bytes, found " + Files.size(file));
        }
        int number = 1;
        try (BufferedReader in = Files.newBufferedReader(file, charset(file))) {
            String header = in.readLine();
            String first = header == null ? "" : header.replace("\ufeff", "").toLowerCase(Locale.ROOT);
            char separator = first.indexOf(',') < 0 && first.indexOf(';') >= 0 ? ';' : ',';
            List<String> names = header == null ? List.of() : fields(first, separator);
            List<Integer> positions = new ArrayList<>();
            for (String column : columns) {
                int position = names.indexOf(column);
                if (position < 0) {
                    position = names.indexOf(ALTERNATIVES.getOrDefault(column, column));
                }
                if (position < 0) {
                    problems.add("line 1: expected the column " + column + ", found " + String.join(",", names));
                }
                positions.add(position);
            }
            if (!problems.isEmpty()) {
                return;
            }
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                List<String> fields = fields(line, separator);
                if (fields.size() != names.size()) {
                    problems.add("line " + number + ": expected " + names.size() + " fields, found " + fields.size());
                    continue;
                }
                rows.accept(number, positions.stream().map(fields::get).toList());
            }
        } catch (CharacterCodingException e) {
            throw new IOException(
                    file
                            + ": expected text in UTF-8, or in UTF-16 with a byte order mark, found other bytes after line "
                            + number,
                    e);
        }
    }

    /** Returns UTF-16 if the file begins with its byte order mark, and UTF-8 otherwise. */
    private static Charset charset(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] mark = in.readNBytes(2);
            boolean wide = mark.length == 2 && ((mark[0] == -1 && mark[1] == -2) || (mark[0] == -2 && mark[1] == -1));
            return wide ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
        }
    }

    private static List<String> fields(String line, char separator) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                fields.add(field.toString().strip());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString().strip());
        return fields;
    }
}
