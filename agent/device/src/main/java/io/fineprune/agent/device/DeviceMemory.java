package io.fineprune.agent.device;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of a device that survives a restart: the record of the version that it runs, and the lowest version it may
 * apply. Without a folder the state is lost when the process ends. Thread-safe.
 */
public final class DeviceMemory implements SwapListener {
    private static final Logger LOGGER = LoggerFactory.getLogger(DeviceMemory.class);

    private final Optional<DeviceFiles> files;
    private final Optional<MaskRecord> restored;
    private DeviceFiles.Marks marks;
    private Optional<MaskRecord> running = Optional.empty();
    private Optional<MaskRecord> before = Optional.empty();

    private DeviceMemory(Optional<DeviceFiles> files) {
        this.files = files;
        this.marks = files.map(DeviceFiles::marks).orElse(DeviceFiles.Marks.NONE);
        this.restored = files.flatMap(DeviceFiles::mask);
    }

    /** Memory of a device that keeps no files: it starts empty and is lost when the process ends. */
    public static DeviceMemory none() {
        return new DeviceMemory(Optional.empty());
    }

    /**
     * Restores the state from a folder. A damaged file is logged and ignored.
     *
     * @throws IOException if the folder cannot be made
     */
    public static DeviceMemory in(Path folder) throws IOException {
        return new DeviceMemory(Optional.of(DeviceFiles.in(folder)));
    }

    /** Returns the record of the version that ran last, if it can be read. The caller has to verify it anew. */
    Optional<MaskRecord> restored() {
        return restored;
    }

    /** Reason why a version must not be tried although its signature is valid; empty if there is none. */
    synchronized Optional<String> problem(long version) {
        if (version < marks.highest()) {
            return Optional.of("Expected a version above %d, but was %d".formatted(marks.highest(), version));
        }
        return version == marks.givenUp()
                ? Optional.of("Version %d was rolled back here: %s".formatted(version, marks.reason()))
                : Optional.empty();
    }

    @Override
    public synchronized void accepted(long version) {
        if (version > marks.highest()) {
            mark(new DeviceFiles.Marks(version, marks.givenUp(), marks.reason()));
        }
    }

    @Override
    public synchronized void applied(long version, Optional<MaskRecord> mask) {
        before = running;
        running = mask;
        keep();
    }

    @Override
    public synchronized void rolledBack(long version, String reason) {
        mark(new DeviceFiles.Marks(Math.max(version, marks.highest()), version, reason));
        running = before;
        before = Optional.empty();
        keep();
    }

    private void mark(DeviceFiles.Marks next) {
        marks = next;
        attempt(kept -> kept.write(next));
    }

    private void keep() {
        attempt(kept -> kept.write(running));
    }

    private void attempt(Writing writing) {
        if (files.isPresent()) {
            try {
                writing.to(files.get());
            } catch (IOException e) {
                LOGGER.warn("Could not keep what the device runs; started again, it may begin with another version", e);
            }
        }
    }

    private interface Writing {
        void to(DeviceFiles files) throws IOException;
    }
}
