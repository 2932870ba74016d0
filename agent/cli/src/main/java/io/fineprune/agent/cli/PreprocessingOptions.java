package io.fineprune.agent.cli;

import io.fineprune.agent.model.PreprocessingFile;
import io.fineprune.agent.preprocessing.AudioSpec;
import io.fineprune.agent.preprocessing.EncodedSpec;
import io.fineprune.agent.preprocessing.FeatureSpec;
import io.fineprune.agent.preprocessing.ImageSpec;
import io.fineprune.agent.preprocessing.PreprocessingSpec;
import io.fineprune.agent.preprocessing.Preprocessors;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Options for the preprocessing of events into a model's input. What is not given is inferred from the model's input.
 */
final class PreprocessingOptions {
    private static final int BYTE = 255;
    private static final int DEFAULT_SAMPLE_RATE_HZ = 16_000;
    private static final Pattern LOG_MEL = Pattern.compile("log-mel:([0-9]{1,6})");

    @Option(
            names = "--preprocessing",
            paramLabel = "FILE",
            description = "Complete preprocessing as YAML, as in the section 'preprocessing' of model.yaml.")
    private @Nullable Path file;

    @Option(
            names = "--image",
            paramLabel = "LOW,HIGH",
            split = ",",
            description = "Images, with pixels scaled to this range, such as 0,1 or -1,1.")
    private List<Double> image = List.of();

    @Option(
            names = "--audio",
            paramLabel = "KIND",
            description = "Audio: keyword-spotting (49 frames of 10 MFCC, 16 kHz) or log-mel:SAMPLE_RATE_HZ.")
    private @Nullable String audio;

    @Option(
            names = "--sample-rate",
            paramLabel = "HZ",
            description = "Sample rate of recordings that the graph decodes itself (default: 16000).")
    private @Nullable Integer sampleRateHz;

    /**
     * The preprocessing that yields what the model takes.
     *
     * @throws CommandFailedException if it does not
     */
    PreprocessingSpec of(FrozenModel model) {
        int[] shape = model.inputShape();
        if ((file == null ? 0 : 1) + (image.isEmpty() ? 0 : 1) + (audio == null ? 0 : 1) > 1) {
            throw usage("Expected one of --preprocessing, --image and --audio, but several were given");
        }
        try {
            PreprocessingSpec spec = choose(model, shape);
            Preprocessors.create(spec, shape);
            return spec;
        } catch (IllegalArgumentException e) {
            throw usage("The preprocessing does not fit the model: " + e.getMessage());
        }
    }

    private PreprocessingSpec choose(FrozenModel model, int[] shape) {
        if (file != null) {
            return PreprocessingFile.read(file);
        }
        if (!image.isEmpty()) {
            return image(shape);
        }
        if (audio != null) {
            return audio(audio, shape);
        }
        return model.encoded()
                ? new EncodedSpec(sampleRateHz == null ? DEFAULT_SAMPLE_RATE_HZ : sampleRateHz)
                : new FeatureSpec();
    }

    private PreprocessingSpec image(int[] shape) {
        if (image.size() != 2 || image.get(0) >= image.get(1)) {
            throw usage("Expected a range such as 0,1 as --image, but was " + image);
        }
        if (shape.length != 2 && shape.length != 3) {
            throw usage(
                    "Expected a model that takes [height, width] or [height, width, channels] with --image, but it takes %s;"
                                    .formatted(Arrays.toString(shape))
                            + " say how with --preprocessing FILE");
        }
        double low = image.get(0);
        int channels = shape.length == 3 ? shape[2] : 1;
        return new ImageSpec(shape[1], shape[0], channels, (image.get(1) - low) / BYTE, low);
    }

    private static PreprocessingSpec audio(String kind, int[] shape) {
        if (kind.equals("keyword-spotting")) {
            return AudioSpec.keywordSpotting();
        }
        Matcher logMel = LOG_MEL.matcher(kind);
        int[] essential = Arrays.stream(shape).filter(size -> size != 1).toArray();
        if (!logMel.matches() || essential.length != 2) {
            throw usage(
                    "Expected keyword-spotting or log-mel:SAMPLE_RATE_HZ as --audio and a model that takes [frames, bands], but was"
                            + " %s and %s".formatted(kind, Arrays.toString(shape)));
        }
        return AudioSpec.logMel(Integer.parseInt(logMel.group(1)), essential[1], essential[0]);
    }

    private static CommandFailedException usage(String message) {
        return new CommandFailedException(ExitCode.USAGE, message);
    }
}
