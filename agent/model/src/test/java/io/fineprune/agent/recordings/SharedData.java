package io.fineprune.agent.recordings;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Recordings that lie beside the project; a test that asks for what is not there is skipped. */
public final class SharedData {
    private SharedData() {}

    /** The folder data/NAME beside the project, or below what FINEPRUNE_SHARED names. */
    public static Path folder(String name) {
        return beside("data/" + name);
    }

    /** The folder PATH of what lies beside the project, or below what FINEPRUNE_SHARED names. */
    public static Path beside(String path) {
        String given = System.getProperty("fineprune.shared", System.getenv("FINEPRUNE_SHARED"));
        Path root = Path.of("").toAbsolutePath();
        while (root != null && !Files.exists(root.resolve("mvnw"))) {
            root = root.getParent();
        }
        Path beside = root == null ? Path.of("../shared") : root.resolveSibling("shared");
        Path found = (given != null ? Path.of(given) : beside).resolve(path);
        Assumptions.assumeTrue(
                Files.isDirectory(found),
                () -> "Skipped: no " + found + "; set FINEPRUNE_SHARED to the folder that holds " + path);
        return found;
    }
}
