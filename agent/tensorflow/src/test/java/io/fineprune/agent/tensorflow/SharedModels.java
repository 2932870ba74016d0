package io.fineprune.agent.tensorflow;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Finds the optional material beside the checkout. */
public final class SharedModels {
    private SharedModels() {}

    /** A model of it; skips the test with a message if there is none. */
    public static Path find(String name) {
        String given = System.getProperty("fineprune.shared", System.getenv("FINEPRUNE_SHARED"));
        Path folder = given != null ? Path.of(given) : locate();
        Path model = folder.resolve("models").resolve(name);
        Assumptions.assumeTrue(
                Files.exists(model),
                () -> "Skipped: no " + model + "; set FINEPRUNE_SHARED to the folder that holds models/" + name);
        return model;
    }

    private static Path locate() {
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !Files.exists(at.resolve("mvnw"))) {
            at = at.getParent();
        }
        return at == null ? Path.of("../shared") : at.resolveSibling("shared");
    }
}
