package io.fineprune.agent.model;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the names of classes, one per line. */
public final class LabelFile {
    private static final long MAX_BYTES = 1 << 22;

    private LabelFile() {}

    /**
     * The lines that are not blank, in their order. A name that comes again (ImageNet has two cranes) gets its number: crane,
     * crane (2).
     *
     * @throws ModelDescriptionException if the file is too large or not UTF-8
     */
    public static List<String> read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new ModelDescriptionException("Expected a file of labels, a line each, but there is no " + file);
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new ModelDescriptionException("Expected at most %d bytes of labels in %s, but was %d"
                    .formatted(MAX_BYTES, file, Files.size(file)));
        }
        List<String> names = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                String name = line.strip();
                if (!name.isEmpty()) {
                    int times = seen.merge(name, 1, Integer::sum);
                    names.add(times == 1 ? name : "%s (%d)".formatted(name, times));
                }
            }
        } catch (CharacterCodingException e) {
            throw new ModelDescriptionException("Expected UTF-8 text in " + file, e);
        }
        return List.copyOf(names);
    }
}
