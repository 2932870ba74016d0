package io.fineprune.agent.preprocessing;

import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.util.Arrays;

/** Makes the preprocessor that a specification describes. */
public final class Preprocessors {
    private Preprocessors() {}

    /**
     * Makes it, once for all threads. Every one but that for encoded recordings also takes feature tensors of exactly the
     * input shape.
     *
     * @param inputShape the model's input without the batch dimension: [frames, bands or coefficients] for audio,
     *     [height, width, channels] for images, where dimensions of 1 may be left out or added, and all may be one; of no
     *     dimension for a model that decodes recordings itself
     * @throws IllegalArgumentException if the specification does not yield that shape
     */
    public static Preprocessor create(PreprocessingSpec spec, int[] inputShape) {
        if (spec instanceof EncodedSpec encoded) {
            return encoded(new EncodedPreprocessor(encoded), inputShape);
        }
        FeatureReader features = new FeatureReader(inputShape);
        if (spec instanceof AudioSpec audio) {
            expectShape(inputShape, audio.frames(), audio.featuresPerFrame());
            AudioPreprocessor preprocessor = new AudioPreprocessor(audio);
            return event -> switch (event.getPayloadCase()) {
                case AUDIO -> new ModelInput.Values(preprocessor.prepare(event.getAudio()));
                case FEATURES -> new ModelInput.Values(features.read(event.getFeatures()));
                default -> throw wrongKind("an audio clip or a feature tensor", event);
            };
        }
        if (spec instanceof ImageSpec image) {
            expectShape(inputShape, image.height(), image.width(), image.channels());
            ImagePreprocessor preprocessor = new ImagePreprocessor(image);
            return event -> switch (event.getPayloadCase()) {
                case IMAGE -> new ModelInput.Values(preprocessor.prepare(event.getImage()));
                case FEATURES -> new ModelInput.Values(features.read(event.getFeatures()));
                default -> throw wrongKind("an image frame or a feature tensor", event);
            };
        }
        return event -> switch (event.getPayloadCase()) {
            case FEATURES -> new ModelInput.Values(features.read(event.getFeatures()));
            default -> throw wrongKind("a feature tensor", event);
        };
    }

    private static Preprocessor encoded(EncodedPreprocessor preprocessor, int[] inputShape) {
        if (inputShape.length != 0) {
            throw new IllegalArgumentException(
                    "Preprocessing 'encoded' yields one string of bytes, but the model takes "
                            + Arrays.toString(inputShape));
        }
        return event -> switch (event.getPayloadCase()) {
            case AUDIO -> new ModelInput.Encoded(preprocessor.prepare(event.getAudio()));
            default -> throw wrongKind("an audio clip", event);
        };
    }

    private static void expectShape(int[] inputShape, int... yielded) {
        int[] essential = withoutOnes(inputShape);
        int[] expected = withoutOnes(yielded);
        boolean flat = essential.length <= 1 && product(essential) == product(expected);
        if (!flat && !Arrays.equals(essential, expected)) {
            throw new IllegalArgumentException("The preprocessing yields " + Arrays.toString(yielded)
                    + ", but the model takes " + Arrays.toString(inputShape));
        }
    }

    private static int[] withoutOnes(int[] shape) {
        return Arrays.stream(shape).filter(dimension -> dimension != 1).toArray();
    }

    private static long product(int[] shape) {
        return Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
    }

    private static UnusableEventException wrongKind(String expected, SensorEvent event) {
        return new UnusableEventException(
                Reason.WRONG_SHAPE, "Expected " + expected + ", found payload " + event.getPayloadCase());
    }
}
