package io.fineprune.agent.recordings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Recordings whose names say everything: {label}_{user}_{index}.wav. */
final class NamedClips {
    static final Comparator<Recording> ORDER = Comparator.comparing(Recording::label)
            .thenComparing(Recording::user)
            .thenComparingInt(Recording::index)
            .thenComparing(Recording::id);

    private static final Pattern NAME = Pattern.compile("([^_]+)_(.+)_([0-9]{1,9})\\.wav");
    private static final int MAX_ENTRIES = 100_000;
    private static final long MAX_TOTAL_BYTES = 512L << 20;

    private NamedClips() {}

    static boolean isIn(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> NAME.matcher(name(file)).matches());
        }
    }

    static List<Recording> fromFolder(Path folder) throws IOException {
        List<Path> files = wavFiles(folder);
        List<Recording> found = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Path file : files) {
            Sources.problem(file).ifPresent(problems::add);
            add(name(file), Sources.file(file), found, problems);
        }
        return finished(folder, found, problems);
    }

    static List<Recording> fromZip(Path archive) throws IOException {
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
                if (entry.isDirectory()
                        || !name.endsWith(".wav")
                        || entry.getName().startsWith("__MACOSX")) {
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

    /** In alphabetical order. */
    static List<Path> wavFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> name(file).endsWith(".wav")).sorted().toList();
        }
    }

    static String name(Path file) {
        @Nullable Path name = file.getFileName();
        return name == null ? "" : name.toString();
    }

    private static void add(String name, Recording.Source source, List<Recording> found, List<String> problems) {
        Matcher parts = NAME.matcher(name);
        if (parts.matches() && Recording.isName(parts.group(1)) && Recording.isName(parts.group(2))) {
            found.add(new Recording(
                    name.substring(0, name.length() - 4),
                    parts.group(2),
                    parts.group(1),
                    Integer.parseInt(parts.group(3)),
                    source));
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
