package io.fineprune.agent.recordings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Recordings whose names say everything: {label}_{user}_{index}.wav, or another ending of a recording. */
final class NamedClips {
    static final Comparator<Recording> ORDER = Comparator.comparing(Recording::label)
            .thenComparing(Recording::user)
            .thenComparingInt(Recording::index)
            .thenComparing(Recording::id);

    private static final Pattern NAME = Pattern.compile("([^_]+)_(.+)_([0-9]{1,9})\\.[A-Za-z0-9]+");
    private static final int MAX_ENTRIES = 100_000;
    private static final long MAX_TOTAL_BYTES = 512L << 20;

    private NamedClips() {}

    /** Label, user and number that a file's name is made of. */
    record Name(String label, String user, int index) {}

    static Optional<Name> parse(String name) {
        Matcher parts = NAME.matcher(name);
        return MediaFiles.isRecording(name) && parts.matches()
                ? Optional.of(new Name(parts.group(1), parts.group(2), Integer.parseInt(parts.group(3))))
                : Optional.empty();
    }

    static boolean isIn(Path folder, MediaFiles media) throws IOException {
        return Files.isDirectory(folder)
                && media.in(folder).stream()
                        .anyMatch(file -> parse(MediaFiles.name(file)).isPresent());
    }

    static List<Recording> fromFolder(Path folder, MediaFiles media) throws IOException {
        List<Recording> found = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Path file : media.in(folder)) {
            Sources.problem(file).ifPresent(problems::add);
            add(MediaFiles.name(file), Sources.file(file), found, problems);
        }
        return finished(folder, found, problems);
    }

    static List<Recording> fromZip(Path archive, MediaFiles media) throws IOException {
        List<Recording> found = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        long totalBytes = 0;
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            if (zip.size() > MAX_ENTRIES) {
                throw new IOException(archive + ": expected at most " + MAX_ENTRIES + " entries, found " + zip.size());
            }
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                if (entry.isDirectory() || !media.isRecordingIn(entry.getName())) {
                    continue;
                }
                byte[] content;
                try (InputStream in = zip.getInputStream(entry)) {
                    content = Sources.readBounded(archive + "!" + entry.getName(), in);
                }
                totalBytes += content.length;
                if (totalBytes > MAX_TOTAL_BYTES) {
                    throw new IOException(
                            archive + ": expected at most " + MAX_TOTAL_BYTES + " bytes of recordings, found more");
                }
                add(name, Sources.bytes(archive + "!" + entry.getName(), content), found, problems);
            }
        }
        return finished(archive, found, problems);
    }

    private static void add(String name, Recording.Source source, List<Recording> found, List<String> problems) {
        Optional<Name> parts =
                parse(name).filter(said -> Recording.isName(said.label()) && Recording.isName(said.user()));
        if (parts.isPresent()) {
            Name said = parts.get();
            found.add(new Recording(MediaFiles.withoutEnding(name), said.user(), said.label(), said.index(), source));
        } else {
            problems.add(name + ": expected a name like {label}_{user}_{index}.wav");
        }
    }

    private static List<Recording> finished(Path path, List<Recording> found, List<String> problems)
            throws InvalidRecordingsException {
        if (!problems.isEmpty()) {
            throw new InvalidRecordingsException(path, problems);
        }
        found.sort(ORDER);
        return found;
    }
}
