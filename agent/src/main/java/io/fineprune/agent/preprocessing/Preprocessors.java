package io.fineprune.agent.preprocessing;

import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.util.Arrays;

/** Makes the preprocessor that a specification describes. */
public final class Preprocessors {
    private Preprocessors() {}

    /**
     * Makes it, once for all threads.
     *
     * @param inputShape the model's input without the batch dimension: [frames, bands or coefficients] for audio,
     *     [height, width, channels] for images, where dimensions of 1 may be left out or added, and all may be one; of no
     *     dimension for a model that decodes recordings itself
     * @throws IllegalArgumentException if the specification does not yield that shape
     */
    public static Preprocessor create(PreprocessingSpec spec, int[] inputShape) {
        int[] shape = inputShape.clone();
        if (spec instanceof FeatureSpec) {
            FeatureReader features = new FeatureReader(shape);
            return event -> switch (event.getPayloadCase()) {
                case FEATURES -> new ModelInput.Values(features.read(event.getFeatures()));
                default ->
                    throw new UnusableEventException(
                            Reason.WRONG_SHAPE, "Expected a feature tensor, found payload " + event.getPayloadCase());
            };
        }
        throw new IllegalArgumentException("No preprocessing " + spec + " for shape " + Arrays.toString(shape));
    }
}
