package io.fineprune.agent.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Mean and deviation of every node's pre-activation on the data that a model was trained on. Kept beside the model; repairs
 * scale towards them.
 *
 * @param fingerprint of the frozen graph that was measured
 * @param events that were measured
 * @param layers in the order of the graph
 * @param input the same of the input's bands (mel bins, colour channels); absent where they were not measured
 */
public record SourceMoments(
        String fingerprint,
        long events,
        List<LayerMoments> layers,
        @Nullable LayerMoments input) {
    /** The name of the file. */
    public static final String FILE = "source-moments.json";

    private static final long MAX_BYTES = 64L << 20;

    /**
     * One layer's moments; shared arrays, never written to.
     *
     * @param mean [nodes]
     * @param deviation [nodes]
     */
    public record LayerMoments(String layer, double[] mean, double[] deviation) {
        public LayerMoments {
            if (layer == null || mean == null || deviation == null || mean.length != deviation.length) {
                throw new IllegalArgumentException("Expected a layer with as many means as deviations, found " + layer);
            }
            if (!Arrays.stream(mean).allMatch(Double::isFinite)
                    || !Arrays.stream(deviation).allMatch(d -> d >= 0 && Double.isFinite(d))) {
                throw new IllegalArgumentException(
                        "Expected finite means and deviations from 0, found others in layer " + layer);
            }
        }
    }

    public SourceMoments {
        if (fingerprint == null || layers == null) {
            throw new IllegalArgumentException("Expected a fingerprint and layers, found none");
        }
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
            SourceMoments read = new ObjectMapper().readValue(file.toFile(), SourceMoments.class);
            if (read == null) {
                throw new ModelDescriptionException("Expected moments in %s, but found null".formatted(file));
            }
            return Optional.of(read);
        } catch (JsonProcessingException | CharConversionException e) {
            String found = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
            throw new ModelDescriptionException(
                    "Expected moments in %s, but: %s; write them with \"fineprune calibrate\"".formatted(file, found),
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
