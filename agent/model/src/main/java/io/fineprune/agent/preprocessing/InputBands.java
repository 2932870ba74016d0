package io.fineprune.agent.preprocessing;

/** The bands of a model's input: what input normalisation treats alike. */
public final class InputBands {
    private InputBands() {}

    /**
     * How many there are: mel bins or coefficients, colour channels, or what the last dimension of more than 1 holds; number i
     * of the input in row-major order belongs to band i mod bands. 0 for encoded recordings.
     *
     * @param inputShape without the batch dimension
     */
    public static int count(PreprocessingSpec spec, int[] inputShape) {
        if (spec instanceof EncodedSpec) {
            return 0;
        }
        if (spec instanceof AudioSpec audio) {
            return audio.featuresPerFrame();
        }
        if (spec instanceof ImageSpec image) {
            return image.channels();
        }
        int last = 1;
        for (int size : inputShape) {
            last = size > 1 ? size : last;
        }
        return last;
    }
}
