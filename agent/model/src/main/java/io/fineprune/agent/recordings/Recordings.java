package io.fineprune.agent.recordings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds labelled recordings of several users, always in the same order. */
public final class Recordings {
    static final String LAYOUTS = """
            expected one of
              - a folder, or a .zip, of files {label}_{user}_{index}.wav (as the Free Spoken Digit Dataset)
              - a folder with a folder per label, in it files {user}_*.wav (as Speech Commands), or any files, all of one user
                (as ImageFolder)
              - a folder with a folder per user, in it files {label}_{user}_{index}.wav (as AudioMNIST)
              - a folder with a folder per user, in it a folder per label
              - a .csv, or a folder with manifest.csv, with the columns file,user,label; files relative to it
              - a folder with images-idx3-ubyte(.gz) and labels.csv with the columns index,digit,writer
            (.wav stands for the ending of any recording or picture)""";

    /** Entries that are named in the log when files are passed over; the others are only counted. */
    private static final int SHOWN = 5;

    private static final Logger LOG = LoggerFactory.getLogger(Recordings.class);

    private Recordings() {}

    /**
     * Lists the recordings of a folder, archive or table.
     *
     * @return in an order that depends on names and numbers only: by label, user and index; as in the table where there is
     *     one; never empty
     * @throws InvalidRecordingsException naming every problem, if there is any
     * @throws IOException if it cannot be read or is laid out in no known way
     */
    public static List<Recording> load(Path path) throws IOException {
        List<Recording> found = list(path);
        List<String> problems = new ArrayList<>();
        for (Recording recording : found) {
            Sources.unreadable(recording.source()).ifPresent(problems::add);
        }
        if (!problems.isEmpty()) {
            throw new InvalidRecordingsException(path, problems);
        }
        return found;
    }

    /** The same, with files of formats that cannot be read among them. */
    static List<Recording> list(Path path) throws IOException {
        MediaFiles media = new MediaFiles();
        List<Recording> found =
                find(path, media).orElseThrow(() -> new IOException("No recordings in " + path + ": " + LAYOUTS));
        if (found.isEmpty()) {
            throw new InvalidRecordingsException(path, List.of("there are none; " + LAYOUTS));
        }
        LOG.info(
                "{}: {} users, {} classes, {} recordings",
                path,
                found.stream().map(Recording::user).distinct().count(),
                found.stream().map(Recording::label).distinct().count(),
                found.size());
        List<String> passedOver = media.passedOver();
        if (!passedOver.isEmpty()) {
            LOG.info(
                    "{}: passed over {} entries that are no recordings: {}{}",
                    path,
                    passedOver.size(),
                    String.join(", ", passedOver.subList(0, Math.min(SHOWN, passedOver.size()))),
                    passedOver.size() > SHOWN ? ", ..." : "");
        }
        return Collections.unmodifiableList(found);
    }

    /** The same recordings by user, in alphabetical order; each user's in the given order. */
    public static SortedMap<String, List<Recording>> byUser(List<Recording> recordings) {
        SortedMap<String, List<Recording>> byUser = new TreeMap<>();
        for (Recording recording : recordings) {
            byUser.computeIfAbsent(recording.user(), user -> new ArrayList<>()).add(recording);
        }
        return byUser;
    }

    private static Optional<List<Recording>> find(Path path, MediaFiles media) throws IOException {
        if (Files.isRegularFile(path)) {
            String name = path.toString().toLowerCase(Locale.ROOT);
            if (name.endsWith(".csv")) {
                return Optional.of(Manifest.load(path));
            }
            return name.endsWith(".zip") ? Optional.of(NamedClips.fromZip(path, media)) : Optional.empty();
        }
        if (!Files.isDirectory(path)) {
            throw new IOException("No recordings in " + path + ": there is no such file or folder");
        }
        if (Files.isRegularFile(path.resolve("manifest.csv"))) {
            return Optional.of(Manifest.load(path.resolve("manifest.csv")));
        }
        Optional<Path> images = IdxImages.find(path);
        if (images.isPresent() && Files.isRegularFile(path.resolve("labels.csv"))) {
            return Optional.of(IdxImages.load(images.get(), path.resolve("labels.csv")));
        }
        for (Path folder : List.of(path, path.resolve("recordings"))) {
            if (NamedClips.isIn(folder, media)) {
                return Optional.of(NamedClips.fromFolder(folder, media));
            }
        }
        if (WordFolders.isIn(path, media)) {
            return Optional.of(WordFolders.load(path, media));
        }
        return UserFolders.isIn(path, media) ? Optional.of(UserFolders.load(path, media)) : Optional.empty();
    }
}
