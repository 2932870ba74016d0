package io.fineprune.agent.source;

import io.fineprune.agent.model.LabelFile;
import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.preprocessing.AudioSpec;
import io.fineprune.agent.preprocessing.FeatureSpec;
import io.fineprune.agent.preprocessing.ImageSpec;
import io.fineprune.agent.preprocessing.PreprocessingSpec;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.GraphImporter;
import io.fineprune.agent.tensorflow.graph.ImportOptions;
import io.fineprune.schemas.v1.ImageFrame;
import io.fineprune.schemas.v1.SensorEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Opens source models. */
public final class SourceModels {
    private static final int MAX_ID_CHARACTERS = 32;
    private static final String LABELS = "labels.txt";

    private SourceModels() {}

    /** Opens a model directory. The caller closes the model. */
    public static TensorFlowModel open(Path directory, int batchSize) {
        return TensorFlowModel.open(ModelDirectory.open(directory), batchSize);
    }

    /**
     * Opens a model directory; where there is no model.yaml, infers one from the graph and the recordings: images in the
     * model's size as pixels / 255, audio as log-mel, classes named as in its labels.txt or else as the labels in alphabetical
     * order. The caller closes the model.
     *
     * @param recordings what it is to be used on; at least one
     * @throws SourceException if that cannot be inferred
     */
    public static TensorFlowModel open(Path directory, int batchSize, List<Recording> recordings)
            throws SourceException {
        if (Files.isRegularFile(directory.resolve(ModelDirectory.DESCRIPTOR))) {
            return open(directory, batchSize);
        }
        FrozenModel frozen = GraphImporter.load(directory, ImportOptions.DEFAULT);
        try {
            ModelDescriptor descriptor = ModelDescriptor.of(
                    id(directory),
                    preprocessing(frozen, Payloads.of(recordings.get(0))),
                    labels(directory, frozen, recordings));
            return TensorFlowModel.of(descriptor, frozen, batchSize);
        } catch (IOException e) {
            throw new SourceException("The first recording cannot be read: " + e.getMessage(), e);
        }
    }

    private static PreprocessingSpec preprocessing(FrozenModel model, SensorEvent example) throws SourceException {
        int[] shape = Arrays.stream(model.inputShape()).toArray();
        return switch (example.getPayloadCase()) {
            case IMAGE -> image(shape, example.getImage());
            case AUDIO -> audio(shape, example.getAudio().getSampleRateHz());
            case FEATURES -> new FeatureSpec();
            default -> throw new SourceException("Expected recordings of audio or images, but found no payload");
        };
    }

    private static PreprocessingSpec image(int[] shape, ImageFrame example) throws SourceException {
        double scale = 1.0 / 255;
        if (shape.length == 3) {
            return new ImageSpec(shape[1], shape[0], shape[2], scale, 0);
        }
        if (shape.length == 2) {
            return new ImageSpec(shape[1], shape[0], 1, scale, 0);
        }
        int pixels = example.getWidth() * example.getHeight();
        if (shape.length == 1 && (shape[0] == pixels || shape[0] == 3 * pixels)) {
            return new ImageSpec(example.getWidth(), example.getHeight(), shape[0] / pixels, scale, 0);
        }
        throw cannotInfer(shape, "images");
    }

    private static PreprocessingSpec audio(int[] shape, int sampleRateHz) throws SourceException {
        int[] essential = Arrays.stream(shape).filter(size -> size != 1).toArray();
        if (essential.length == 2) {
            return AudioSpec.logMel(Math.min(sampleRateHz, 16_000), essential[1], essential[0]);
        }
        throw cannotInfer(shape, "audio");
    }

    private static SourceException cannotInfer(int[] shape, String kind) {
        return new SourceException("Expected an input that %s can be made into, but was %s; write a %s that says how"
                .formatted(kind, Arrays.toString(shape), ModelDirectory.DESCRIPTOR));
    }

    private static List<String> labels(Path directory, FrozenModel model, List<Recording> recordings)
            throws IOException {
        Path file = directory.resolve(LABELS);
        if (Files.isRegularFile(file)) {
            List<String> named = LabelFile.read(file);
            if (named.size() == model.classes()) {
                return named;
            }
        }
        List<String> found =
                recordings.stream().map(Recording::label).distinct().sorted().toList();
        return found.size() == model.classes()
                ? found
                : IntStream.range(0, model.classes())
                        .mapToObj(Integer::toString)
                        .toList();
    }

    private static String id(Path directory) {
        String name = String.valueOf(directory.toAbsolutePath().normalize().getFileName());
        String plain = name.replaceAll("[^A-Za-z0-9._-]", "-");
        return plain.substring(0, Math.min(plain.length(), MAX_ID_CHARACTERS));
    }
}
