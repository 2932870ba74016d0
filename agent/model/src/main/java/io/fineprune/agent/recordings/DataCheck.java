package io.fineprune.agent.recordings;

import io.fineprune.agent.preprocessing.Decoded;
import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.UnusableEventException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * What becomes of every file of a data set: decoded as the agent and the device decode it.
 *
 * @param entries in the order of the layout, or of the files' names where they have none
 * @param problem why the files fit no layout, so that they have neither users nor labels; empty if they fit one
 */
public record DataCheck(List<Entry> entries, Optional<String> problem) {
    private static final int MAX_FILES = 100_000;

    /**
     * One file.
     *
     * @param user whose it is, if the layout says so
     * @param label its class, if the layout says so
     * @param format what it is by its first bytes, with its article
     * @param decoded what it is read as; empty if it is refused
     * @param refusal why it is refused; empty if it is not
     */
    public record Entry(
            String file,
            Optional<String> user,
            Optional<String> label,
            String format,
            Optional<Decoded> decoded,
            String refusal) {}

    public DataCheck {
        entries = List.copyOf(entries);
    }

    /**
     * Reads and decodes everything, file by file.
     *
     * @param progress takes how many files are done
     * @throws IOException if there is no such path or it cannot be listed
     */
    public static DataCheck of(Path path, IntConsumer progress) throws IOException {
        List<Entry> entries = new ArrayList<>();
        List<Recording> recordings;
        try {
            recordings = Recordings.list(path);
            checkNothingIsBesideFolders(path, recordings);
        } catch (IOException e) {
            for (Path file : files(path)) {
                entries.add(
                        check(file.toString(), Optional.empty(), Optional.empty(), Sources.file(file), format(file)));
                progress.accept(entries.size());
            }
            return new DataCheck(entries, Optional.of(String.valueOf(e.getMessage())));
        }
        for (Recording recording : recordings) {
            Optional<Path> file = Sources.fileOf(recording.source());
            entries.add(check(
                    file.map(Path::toString).orElse(recording.id()),
                    Optional.of(recording.user()),
                    Optional.of(recording.label()),
                    recording.source(),
                    file.isPresent() ? format(file.get()) : "part of an archive or a table of images"));
            progress.accept(entries.size());
        }
        return new DataCheck(entries, Optional.empty());
    }

    /** A layout of folders takes no notice of recordings that lie beside the folders; a check does. */
    private static void checkNothingIsBesideFolders(Path path, List<Recording> recordings) throws IOException {
        List<Path> beside = Files.isDirectory(path) ? new MediaFiles().in(path) : List.of();
        boolean inFolders = recordings.stream()
                .map(recording -> Sources.fileOf(recording.source()))
                .allMatch(file -> file.isPresent() && !path.equals(file.get().getParent()));
        if (inFolders && !beside.isEmpty()) {
            throw new IOException(
                    "%s: expected every recording in a folder of its label, found %d beside the folders: %s"
                            .formatted(path, beside.size(), MediaFiles.name(beside.get(0))));
        }
    }

    private static Entry check(
            String name, Optional<String> user, Optional<String> label, Recording.Source source, String format) {
        try {
            SensorEvent.Builder event = SensorEvent.newBuilder();
            source.writeTo(event, ImageEncoding.IMAGE_ENCODING_RAW_U8);
            return new Entry(name, user, label, format, Optional.of(Decoded.of(event.build())), "");
        } catch (UnusableEventException | IOException e) {
            return new Entry(name, user, label, format, Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    private static String format(Path file) throws IOException {
        return Sources.kind(file).description();
    }

    /** All files that are of some known format by their first bytes, and those whose names say that they are recordings. */
    private static List<Path> files(Path path) throws IOException {
        if (Files.isRegularFile(path)) {
            return List.of(path);
        }
        List<Path> found = new ArrayList<>();
        collect(path, found, new MediaFiles());
        return found;
    }

    private static void collect(Path folder, List<Path> found, MediaFiles media) throws IOException {
        for (Path entry : media.entries(folder)) {
            if (Files.isDirectory(entry)) {
                collect(entry, found, media);
            } else if (MediaFiles.isRecording(MediaFiles.name(entry))
                    || !format(entry).equals(FileKind.UNKNOWN.description())) {
                found.add(entry);
            }
            if (found.size() > MAX_FILES) {
                throw new IOException(folder + ": expected at most " + MAX_FILES + " files, found more");
            }
        }
    }
}
