package io.fineprune.agent.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder with a model and its description. Immutable; nothing is loaded yet.
 *
 * @param path the folder
 * @param descriptor what its {@code model.yaml} says
 */
public record ModelDirectory(Path path, ModelDescriptor descriptor) {
    /** Name of the file that describes the model. */
    public static final String DESCRIPTOR = "model.yaml";

    /**
     * Reads a folder's description.
     *
     * @throws ModelDescriptionException if there is none, or naming everything that is wrong with it
     */
    public static ModelDirectory open(Path path) {
        Path file = path.resolve(DESCRIPTOR);
        if (!Files.isRegularFile(file)) {
            throw new ModelDescriptionException(
                    "Expected a model directory with %s at %s, but there is none; make one with \"fineprune import\""
                            .formatted(DESCRIPTOR, path));
        }
        return new ModelDirectory(path, DescriptorFile.read(file));
    }

    /** Writes a description into a folder, which is made if need be. */
    public static ModelDirectory write(Path path, ModelDescriptor descriptor) {
        try {
            Files.createDirectories(path);
            DescriptorFile.write(path.resolve(DESCRIPTOR), descriptor);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + path.resolve(DESCRIPTOR), e);
        }
        return new ModelDirectory(path, descriptor);
    }

    /** The SavedModel's folder, or the file of the frozen graph. */
    public Path graph() {
        return descriptor.graph().map(path::resolve).orElse(path);
    }
}
