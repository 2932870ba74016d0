package io.fineprune.agent.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A temporary folder that one input after another is written to. */
final class Folder {
    private final Path path;

    Folder() {
        try {
            path = Files.createTempDirectory("fuzz");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a temporary folder", e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::clear));
    }

    Path path() {
        return path;
    }

    /** Writes one file, whose folder is made if need be. */
    Path write(String name, byte[] content) throws IOException {
        Path file = path.resolve(name);
        Files.createDirectories(path.resolve(name).resolveSibling("."));
        return Files.write(file, content);
    }

    /** Removes every file and folder but the folder itself, which goes when the JVM ends. */
    final void clear() {
        try (var files = Files.walk(path)) {
            List<Path> deepestFirst =
                    files.sorted(java.util.Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                if (!file.equals(path)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot clear " + path, e);
        }
    }
}
