package io.fineprune.agent.recordings;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Recordings listed in a table: file,user,label. A file may be of several users, but of each only once and of one label. */
final class Manifest {
    private Manifest() {}

    static List<Recording> load(Path manifest) throws IOException {
        List<Recording> found = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        Map<List<String>, Integer> counts = new HashMap<>();
        Map<List<String>, Integer> lines = new HashMap<>();
        Map<Path, String> labels = new HashMap<>();
        Table.read(manifest, List.of("file", "user", "label"), problems, (line, fields) -> {
            String user = fields.get(1);
            String label = fields.get(2);
            List<String> wrong = new ArrayList<>();
            if (!Recording.isName(user)) {
                wrong.add("expected a user of 1 to " + Recording.MAX_NAME_BYTES + " bytes, found '" + user + "'");
            }
            if (!Recording.isName(label)) {
                wrong.add("expected a label of 1 to " + Recording.MAX_NAME_BYTES + " bytes, found '" + label + "'");
            }
            Path file = check(manifest, fields.get(0), wrong);
            Integer earlier = lines.putIfAbsent(List.of(file.toString(), user), line);
            if (earlier != null) {
                wrong.add(fields.get(0) + " was listed on line " + earlier + " already");
            }
            String known = labels.putIfAbsent(file, label);
            if (known != null && !known.equals(label)) {
                wrong.add("expected the label '" + known + "' that " + fields.get(0)
                        + " has on an earlier line, found '" + label + "'");
            }
            if (wrong.isEmpty()) {
                int index = counts.merge(List.of(user, label), 1, Integer::sum) - 1;
                found.add(new Recording(
                        MediaFiles.withoutEnding(MediaFiles.name(file)), user, label, index, Sources.file(file)));
            } else {
                problems.add("line " + line + ": " + String.join("; ", wrong));
            }
        });
        if (!problems.isEmpty()) {
            throw new InvalidRecordingsException(manifest, problems);
        }
        return found;
    }

    private static Path check(Path manifest, String name, List<String> wrong) throws IOException {
        try {
            Path file = manifest.resolveSibling(name).normalize();
            if (name.isEmpty()) {
                wrong.add("expected a file, found none");
            } else {
                Sources.problem(file).ifPresent(wrong::add);
            }
            return file;
        } catch (InvalidPathException e) {
            wrong.add("expected a file, found '" + name + "'");
            return manifest;
        }
    }
}
