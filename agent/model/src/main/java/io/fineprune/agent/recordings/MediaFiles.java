package io.fineprune.agent.recordings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells recordings from what systems, editors and people leave beside them, in the same way for every layout, and remembers what was
 * passed over. For one search by one thread.
 */
final class MediaFiles {
    /** Those of formats that cannot be read are among them, so that they are refused by name and not passed over. */
    private static final Set<String> ENDINGS = Set.of(
            "wav", "wave", "rf64", "w64", "aif", "aiff", "aifc", "au", "flac", "mp3", "ogg", "opus", "m4a", "aac",
            "png", "jpg", "jpeg", "bmp", "gif", "webp", "tif", "tiff", "heic", "avif");

    private static final Set<String> LEFTOVERS = Set.of("__macosx", "thumbs.db", "desktop.ini");

    private final Set<String> passedOver = new TreeSet<>();

    /** Lists the recordings that lie in a folder, not in folders within it, in alphabetical order. */
    List<Path> in(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path entry : entries(folder)) {
            if (Files.isRegularFile(entry)) {
                if (isRecording(name(entry))) {
                    found.add(entry);
                } else {
                    passedOver.add(entry.toString());
                }
            }
        }
        return found;
    }

    /** Folders of a folder, in alphabetical order; those that begin with an underscore hold no words (background noise). */
    List<Path> folders(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path entry : entries(folder)) {
            if (Files.isDirectory(entry)) {
                if (name(entry).startsWith("_")) {
                    passedOver.add(entry.toString());
                } else {
                    found.add(entry);
                }
            }
        }
        return found;
    }

    /**
     * Whether an entry of an archive is a recording.
     *
     * @param path with slashes
     */
    boolean isRecordingIn(String path) {
        boolean recording = Stream.of(path.split("/")).noneMatch(MediaFiles::isLeftover)
                && isRecording(path.substring(path.lastIndexOf('/') + 1));
        if (!recording) {
            passedOver.add(path);
        }
        return recording;
    }

    /** Lists every entry met so far that was no recording, in alphabetical order. */
    List<String> passedOver() {
        return List.copyOf(passedOver);
    }

    /** Lists a folder without what systems and editors leave there, in alphabetical order. */
    List<Path> entries(Path folder) throws IOException {
        List<Path> kept = new ArrayList<>();
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : (Iterable<Path>) entries.sorted()::iterator) {
                if (isLeftover(name(entry))) {
                    passedOver.add(entry.toString());
                } else {
                    kept.add(entry);
                }
            }
        }
        return kept;
    }

    static boolean isRecording(String name) {
        return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT))
                && name.lastIndexOf('.') > 0;
    }

    /** Hidden files, such as .DS_Store, ._name and .ipynb_checkpoints, and what other systems leave that is not hidden. */
    private static boolean isLeftover(String name) {
        return name.startsWith(".") || LEFTOVERS.contains(name.toLowerCase(Locale.ROOT));
    }

    static String name(Path file) {
        @Nullable Path name = file.getFileName();
        return name == null ? "" : name.toString();
    }

    static String withoutEnding(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
