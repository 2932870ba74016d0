package io.fineprune.agent.runtime;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a state directory for one process. Closing, or the end of the process however it comes, lets it go. */
public final class StateLock implements AutoCloseable {
    private static final String FILE = "in-use";

    private final FileChannel channel;

    private StateLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes a directory, which is made if it is missing.
     *
     * @throws FleetException if another process holds it, or it cannot be written
     */
    public static StateLock take(Path directory) {
        Path file = directory.resolve(FILE);
        FileChannel channel;
        try {
            Files.createDirectories(directory);
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new FleetException(
                    "Expected a state directory that can be written, but %s cannot (%s); set state.directory (--state)"
                            .formatted(directory, e),
                    e);
        }
        try {
            if (tryLock(channel) != null) {
                return new StateLock(channel);
            }
            channel.close();
        } catch (IOException e) {
            throw new FleetException("Could not lock %s: %s".formatted(file, e), e);
        }
        throw new FleetException(
                "Expected a state directory of its own, but another process uses %s; give each agent its own with state.directory"
                                .formatted(directory)
                        + " (--state)");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new FleetException("Could not let the state directory go: " + e.getMessage(), e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held in this process
        }
    }
}
