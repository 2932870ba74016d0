package io.fineprune.agent.preprocessing;

/**
 * Pixels [height, width, channels], each {@code value * scale + offset} with value in 0 to 255.
 *
 * @param width pixels; 1 to 1024
 * @param height pixels; 1 to 1024
 * @param channels 1 (grey) or 3 (red, green, blue)
 * @param scale not 0: 1/255 for inputs from 0 to 1, 1/127.5 for inputs from -1 to 1
 * @param offset finite: 0 for inputs from 0 to 1, -1 for inputs from -1 to 1
 */
public record ImageSpec(int width, int height, int channels, double scale, double offset) implements PreprocessingSpec {
    public ImageSpec {
        Problems problems = new Problems("image");
        problems.range("width", width, 1, Limits.MAX_MODEL_PIXELS_PER_SIDE);
        problems.range("height", height, 1, Limits.MAX_MODEL_PIXELS_PER_SIDE);
        problems.check(channels == 1 || channels == 3, "channels: expected 1 or 3, found " + channels);
        problems.check(
                Double.isFinite(scale) && scale != 0, "scale: expected a finite number other than 0, found " + scale);
        problems.check(Double.isFinite(offset), "offset: expected a finite number, found " + offset);
        problems.throwIfAny();
    }
}
