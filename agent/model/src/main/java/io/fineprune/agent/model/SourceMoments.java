package io.fineprune.agent.model;

import com.fasterxml.jackson.annotation.JsonInclude;
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
 * Mean and deviation of every node's pre-activation on the data that a model was trained on, over all of it and for each class by
 * itself, and how the classes lie among the inputs of the last layer. Kept beside the model; repairs scale towards them.
 *
 * @param fingerprint of the frozen graph that was measured
 * @param events that were measured
 * @param layers in the order of the graph
 * @param input the same of the input's bands (mel bins, colour channels); absent where they were not measured
 * @param byClass the same for each class; absent where there were no labels, not all classes, or too many of them
 * @param features how the classes lie among the inputs of the last layer; absent where byClass is
 * @param users [users][classes][inputs of the last layer] means over the events of each user and class; absent where fewer than
 *     three users have all classes
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SourceMoments(
        String fingerprint,
        long events,
        List<LayerMoments> layers,
        @Nullable LayerMoments input,
        @Nullable List<ClassLayer> byClass,
        @Nullable FeatureClasses features,
        @Nullable List<double[][]> users) {
    /** Name of the file with the moments, in the model directory. */
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

    /**
     * One layer's moments for each class; shared arrays, never written to.
     *
     * @param mean [classes][nodes]
     * @param square [classes][nodes] mean of the square
     */
    public record ClassLayer(String layer, double[][] mean, double[][] square) {
        public ClassLayer {
            if (layer == null || mean == null || square == null || mean.length != square.length) {
                throw new IllegalArgumentException("Expected a layer with as many means as squares, found " + layer);
            }
            requireFinite(mean, "means of layer " + layer);
            requireFinite(square, "squares of layer " + layer);
        }
    }

    /**
     * Means and within-class covariance of the inputs of the last layer; shared arrays, never written to.
     *
     * @param means [classes][dimensions]
     * @param directions [rank][dimensions]
     * @param rest [dimensions]
     */
    public record FeatureClasses(double[][] means, double[][] directions, double[] rest) {
        public FeatureClasses {
            if (means == null || directions == null || rest == null) {
                throw new IllegalArgumentException("Expected means, directions and rest of the features' classes");
            }
            requireFinite(means, "means of the features");
            requireFinite(directions, "directions of the features");
            requireFinite(new double[][] {rest}, "rest of the features");
        }
    }

    /** Moments over all classes together; a user's view can then not be scaled to the mixture of the classes. */
    public SourceMoments(String fingerprint, long events, List<LayerMoments> layers, @Nullable LayerMoments input) {
        this(fingerprint, events, layers, input, null, null, null);
    }

    private static void requireFinite(double[][] rows, String what) {
        for (double[] row : rows) {
            if (row == null
                    || row.length != rows[0].length
                    || !Arrays.stream(row).allMatch(Double::isFinite)) {
                throw new IllegalArgumentException("Expected finite numbers in rows alike, found others in " + what);
            }
        }
    }

    public SourceMoments {
        if (fingerprint == null || layers == null) {
            throw new IllegalArgumentException("Expected a fingerprint and layers, found none");
        }
        layers = List.copyOf(layers);
        if (users != null) {
            for (double[][] user : users) {
                if (user == null || user.length != users.get(0).length) {
                    throw new IllegalArgumentException("Expected as many classes of each user, found others");
                }
                requireFinite(user, "means of the users");
            }
        }
        byClass = byClass == null ? null : List.copyOf(byClass);
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
