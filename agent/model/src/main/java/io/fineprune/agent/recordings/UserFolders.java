package io.fineprune.agent.recordings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Recordings in a folder for each user, in it a folder for each label: {user}/{label}/*. */
final class UserFolders {
    private UserFolders() {}

    static boolean isIn(Path folder, MediaFiles media) throws IOException {
        for (Path user : media.folders(folder)) {
            for (Path label : media.folders(user)) {
                if (!media.in(label).isEmpty()) {
                    return true;
                }
            }
        }
        return false;
    }

    static List<Recording> load(Path folder, MediaFiles media) throws IOException {
        List<Recording> found = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Path userFolder : media.folders(folder)) {
            String user = MediaFiles.name(userFolder);
            for (Path labelFolder : media.folders(userFolder)) {
                String label = MediaFiles.name(labelFolder);
                if (!Recording.isName(user) || !Recording.isName(label)) {
                    problems.add(labelFolder + ": expected folders {user}/{label} whose names have at most "
                            + Recording.MAX_NAME_BYTES + " bytes");
                    continue;
                }
                int index = 0;
                for (Path file : media.in(labelFolder)) {
                    Sources.problem(file).ifPresent(problems::add);
                    String name = MediaFiles.withoutEnding(MediaFiles.name(file));
                    found.add(new Recording(user + "_" + label + "_" + name, user, label, index++, Sources.file(file)));
                }
                if (index == 0) {
                    problems.add(labelFolder + ": expected recordings of the label " + label + ", found none");
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidRecordingsException(folder, problems);
        }
        found.sort(NamedClips.ORDER);
        return found;
    }
}
