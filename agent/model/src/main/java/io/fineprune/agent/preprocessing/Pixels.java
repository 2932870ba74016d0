package io.fineprune.agent.preprocessing;

import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;

/**
 * A decoded image. A hot path: the array is shared.
 *
 * @param channels 1 (grey) or 3 (red, green, blue)
 * @param values [height, width, channels], 0 to 255
 */
record Pixels(int width, int height, int channels, float[] values) {
    /** Refuses an image of no pixels or of too many. */
    static void checkSides(int width, int height) throws UnusableEventException {
        int most = Limits.MAX_PIXELS_PER_SIDE;
        if (width < 1 || width > most || height < 1 || height > most) {
            throw new UnusableEventException(
                    width < 1 || height < 1 ? Reason.UNDECODABLE : Reason.OVERSIZED,
                    "Expected an image of 1 to " + most + " pixels a side, found " + width + " x " + height);
        }
    }

    /** With as many channels as asked for: grey by ITU-R BT.601, colour by repeating grey. */
    Pixels withChannels(int wanted) {
        if (wanted == channels) {
            return this;
        }
        float[] out = new float[width * height * wanted];
        for (int p = 0; p < width * height; p++) {
            if (wanted == 1) {
                out[p] = 0.299f * values[3 * p] + 0.587f * values[3 * p + 1] + 0.114f * values[3 * p + 2];
            } else {
                out[3 * p] = values[p];
                out[3 * p + 1] = values[p];
                out[3 * p + 2] = values[p];
            }
        }
        return new Pixels(width, height, wanted, out);
    }

    /**
     * As the picture is to be seen.
     *
     * @param orientation of EXIF: 1 as it is stored, 2 mirrored, 3 upside down, 4 both; 5 to 8 with rows and columns exchanged
     */
    Pixels turned(int orientation) {
        if (orientation == 1) {
            return this;
        }
        boolean exchanged = orientation >= 5;
        boolean fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        boolean fromBottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        int newWidth = exchanged ? height : width;
        int newHeight = exchanged ? width : height;
        float[] out = new float[values.length];
        for (int y = 0; y < newHeight; y++) {
            for (int x = 0; x < newWidth; x++) {
                int column = exchanged ? y : x;
                int row = exchanged ? x : y;
                int from = (fromBottom ? height - 1 - row : row) * width + (fromRight ? width - 1 - column : column);
                System.arraycopy(values, from * channels, out, (y * newWidth + x) * channels, channels);
            }
        }
        return new Pixels(newWidth, newHeight, channels, out);
    }

    /** Resizes to so many pixels: the mean of the area when shrinking, linear interpolation when enlarging. */
    Pixels resized(int newWidth, int newHeight) {
        if (newWidth == width && newHeight == height) {
            return this;
        }
        Resize across = new Resize(width, newWidth);
        float[] narrow = new float[height * newWidth * channels];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < newWidth; x++) {
                for (int c = 0; c < channels; c++) {
                    narrow[(y * newWidth + x) * channels + c] =
                            across.at(x, values, y * width * channels + c, channels);
                }
            }
        }
        Resize down = new Resize(height, newHeight);
        float[] out = new float[newHeight * newWidth * channels];
        int rowValues = newWidth * channels;
        for (int y = 0; y < newHeight; y++) {
            for (int i = 0; i < rowValues; i++) {
                out[y * rowValues + i] = down.at(y, narrow, i, rowValues);
            }
        }
        return new Pixels(newWidth, newHeight, channels, out);
    }
}
