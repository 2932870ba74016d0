package io.fineprune.agent.recordings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Recordings in a folder for each label, whose names begin with their user: {label}/{user}_*.wav. */
final class WordFolders {
    private WordFolders() {}

    static boolean isIn(Path folder) throws IOException {
        for (Path label : labels(folder)) {
            if (!NamedClips.wavFiles(label).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    static List<Recording> load(Path folder) throws IOException {
        List<Recording> found = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Path labelFolder : labels(folder)) {
            String label = NamedClips.name(labelFolder);
            Map<String, Integer> counts = new HashMap<>();
            for (Path file : NamedClips.wavFiles(labelFolder)) {
                String name = NamedClips.name(file);
                Sources.problem(file).ifPresent(problems::add);
                String user = name.substring(0, Math.max(0, name.indexOf('_')));
                if (!Recording.isName(user) || !Recording.isName(label)) {
                    problems.add(label + "/" + name + ": expected a name like {label}/{user}_*.wav");
                    continue;
                }
                int index = counts.merge(user, 1, Integer::sum) - 1;
                found.add(new Recording(
                        label + "_" + name.substring(0, name.length() - 4), user, label, index, Sources.file(file)));
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidRecordingsException(folder, problems);
        }
        found.sort(NamedClips.ORDER);
        return found;
    }

    /** Folders that begin with an underscore hold no words (background noise). */
    private static List<Path> labels(Path folder) throws IOException {
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.filter(Files::isDirectory)
                    .filter(label -> !NamedClips.name(label).startsWith("_"))
                    .sorted()
                    .toList();
        }
    }
}
