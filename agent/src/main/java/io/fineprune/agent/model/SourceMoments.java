package io.fineprune.agent.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Mean and deviation of every node's pre-activation on the data that a model was trained on. Kept beside the model; repairs
 * scale towards them.
 *
 * @param fingerprint of the frozen graph that was measured
 * @param events that were measured
 * @param layers in the order of the graph
 */
public record SourceMoments(String fingerprint, long events, List<LayerMoments> layers) {
    /** The name of the file. */
    public static final String FILE = "source-moments.json";

    private static final long MAX_BYTES = 64L << 20;

    /**
     * One layer's moments; shared arrays, never written to.
     *
     * @param mean [nodes]
     * @param deviation [nodes]
     */
    public record LayerMoments(String layer, double[] mean, double[] deviation) {}

    public SourceMoments {
        layers = List.copyOf(layers);
    }

    /**
     * Reads a model directory's moments.
     *
     * @return empty if there are none
     * @throws ModelDescriptionException if the file cannot be understood
     */
    public static Optional<SourceMoments> read(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new ModelDescriptionException(
                        "Expected at most %d bytes in %s, but was %d".formatted(MAX_BYTES, file, Files.size(file)));
            }
            return Optional.of(new ObjectMapper().readValue(file.toFile(), SourceMoments.class));
        } catch (JsonProcessingException e) {
            throw new ModelDescriptionException(
                    "Expected moments in %s, but: %s; write them with \"fineprune calibrate\""
                            .formatted(file, e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    /** Writes the file into a model directory. */
    public void write(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            new ObjectMapper().writeValue(file.toFile(), this);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }
}
