package io.fineprune.agent.fuzz;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The inputs that are kept of earlier runs: an archive of each target, beside the seeds that code makes. */
final class Corpus {
    private Corpus() {}

    /** Seeds first; then what was found to reach more. */
    static List<byte[]> of(FuzzTarget target) throws IOException {
        List<byte[]> inputs = new ArrayList<>(target.input().seeds());
        try (InputStream in = Corpus.class.getResourceAsStream("/fuzz/" + target.label() + ".zip")) {
            ZipInputStream zip = new ZipInputStream(in == null ? new ByteArrayInputStream(new byte[0]) : in);
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                inputs.add(zip.readAllBytes());
            }
        }
        return inputs;
    }

    /** Writes each input to a file of its own. */
    static void write(FuzzTarget target, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<byte[]> inputs = of(target);
        for (int i = 0; i < inputs.size(); i++) {
            Files.write(folder.resolve("kept-" + i), inputs.get(i));
        }
    }
}
