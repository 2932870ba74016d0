package io.fineprune.agent.recordings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Recordings in one level of folders. A folder for each label, whose files begin with their user, {label}/{user}_*; where a file has no
 * such beginning, all are of one user. Or a folder for each speaker, whose files say so: {user}/{label}_{user}_{index}.
 */
final class WordFolders {
    /** Name of the one user to whom all recordings belong where file names tell no users apart. */
    static final String EVERYBODY = "all";

    private WordFolders() {}

    static boolean isIn(Path folder, MediaFiles media) throws IOException {
        for (Path label : media.folders(folder)) {
            if (!media.in(label).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    static List<Recording> load(Path folder, MediaFiles media) throws IOException {
        List<Path> files = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        boolean bySpeaker = true;
        boolean namesUsers = true;
        for (Path of : media.folders(folder)) {
            List<Path> own = media.in(of);
            if (own.isEmpty()) {
                problems.add(of + ": expected recordings of " + MediaFiles.name(of) + ", found none");
            }
            for (Path file : own) {
                Sources.problem(file).ifPresent(problems::add);
                String name = MediaFiles.name(file);
                Optional<NamedClips.Name> parts = NamedClips.parse(name);
                bySpeaker &= parts.isPresent() && parts.get().user().equals(MediaFiles.name(of));
                namesUsers &= name.indexOf('_') > 0;
                files.add(file);
            }
        }
        List<Recording> found = new ArrayList<>();
        Map<List<String>, Integer> counts = new HashMap<>();
        for (Path file : files) {
            String name = MediaFiles.name(file);
            String of = MediaFiles.name(file.getParent() == null ? folder : file.getParent());
            String user = bySpeaker || !namesUsers ? of : name.substring(0, name.indexOf('_'));
            String label = bySpeaker ? NamedClips.parse(name).orElseThrow().label() : of;
            if (!bySpeaker && !namesUsers) {
                user = EVERYBODY;
            }
            if (!Recording.isName(user) || !Recording.isName(label)) {
                problems.add(of + "/" + name + ": expected a name like {label}/{user}_*.wav");
                continue;
            }
            int index = counts.merge(List.of(user, label), 1, Integer::sum) - 1;
            String id = MediaFiles.withoutEnding(name);
            found.add(new Recording(bySpeaker ? id : label + "_" + id, user, label, index, Sources.file(file)));
        }
        if (!problems.isEmpty()) {
            throw new InvalidRecordingsException(folder, problems);
        }
        found.sort(NamedClips.ORDER);
        return found;
    }
}
