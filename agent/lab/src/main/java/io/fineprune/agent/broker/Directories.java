package io.fineprune.agent.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Directories of brokers. */
final class Directories {
    private Directories() {}

    static Path temporary() {
        try {
            return Files.createTempDirectory("fineprune-broker-");
        } catch (IOException e) {
            throw new BrokerException("Could not make a temporary directory for the broker: " + e.getMessage(), e);
        }
    }

    /** Deletes as much as can be deleted: the temporary files of a broker that was killed may vanish meanwhile. */
    static void delete(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            // already gone
        } catch (IOException | UncheckedIOException e) {
            System.getLogger(Directories.class.getName())
                    .log(System.Logger.Level.WARNING, "Could not delete {0}: {1}", directory, e.getMessage());
        }
    }
}
