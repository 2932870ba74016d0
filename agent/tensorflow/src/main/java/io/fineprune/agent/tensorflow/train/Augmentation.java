package io.fineprune.agent.tensorflow.train;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Random changes of spectral frames during training. Immutable.
 *
 * @param maxShiftFrames frames by which a recording is moved in time, edges repeated; at least 0
 * @param gainDeviation deviation of what is added to all numbers (the logarithm of a gain); at least 0
 * @param noiseDeviation deviation of what is added to each number; at least 0
 * @param maxMaskedBands bands next to each other that are set to 0; at least 0
 */
public record Augmentation(int maxShiftFrames, double gainDeviation, double noiseDeviation, int maxMaskedBands) {
    public Augmentation {
        if (maxShiftFrames < 0 || !(gainDeviation >= 0) || !(noiseDeviation >= 0) || maxMaskedBands < 0) {
            throw new IllegalArgumentException(
                    "Expected an augmentation of at least 0 in shift, gain, noise and masked bands, found %d, %s, %s, %d"
                            .formatted(maxShiftFrames, gainDeviation, noiseDeviation, maxMaskedBands));
        }
    }

    /** Changes that keep spoken words recognisable in 32 frames of 32 bands. */
    public static Augmentation moderate() {
        return new Augmentation(3, 0.3, 0.1, 4);
    }

    /**
     * Writes a changed copy.
     *
     * @param input [frames, bands]
     * @param target where the copy goes, from the offset on
     */
    void apply(float[] input, int frames, int bands, SplittableRandom random, float[] target, int offset) {
        int shift = random.nextInt(-maxShiftFrames, maxShiftFrames + 1);
        for (int t = 0; t < frames; t++) {
            int from = Math.max(0, Math.min(frames - 1, t + shift));
            System.arraycopy(input, from * bands, target, offset + t * bands, bands);
        }
        float gain = (float) (gainDeviation * gaussian(random));
        for (int i = 0; i < frames * bands; i++) {
            target[offset + i] += gain + (float) (noiseDeviation * gaussian(random));
        }
        int masked = Math.min(bands, random.nextInt(0, maxMaskedBands + 1));
        int first = random.nextInt(0, bands - masked + 1);
        for (int t = 0; t < frames; t++) {
            Arrays.fill(target, offset + t * bands + first, offset + t * bands + first + masked, 0);
        }
    }

    /** Draws from the standard normal distribution by the Box-Muller transform. */
    static double gaussian(SplittableRandom random) {
        return Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }
}
