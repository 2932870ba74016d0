package io.fineprune.topology.pruning;

import io.fineprune.topology.sums.ActivationSums;

/** Statistics of single taps, computed from a user's sums. */
final class Taps {
    private Taps() {}

    /**
     * Deviation of a over events and positions. The number of positions of the model's input channels is not known: there
     * it is the root of the sum of squares, which ranks them as well since all have as many.
     */
    static double deviation(PrunableModel model, ActivationSums sums, int tap) {
        double count = (double) model.positions(tap) * sums.events();
        if (count == 0) {
            return Math.sqrt(sums.squared(tap));
        }
        double mean = sums.linear(tap) / count;
        return Math.sqrt(Math.max(0, sums.squared(tap) / count - mean * mean));
    }

    /** @throws IllegalArgumentException if the sums belong to another model */
    static void requireSameModel(PrunableModel model, ActivationSums sums) {
        String expected = model.architecture().fingerprint();
        if (!expected.equals(sums.fingerprint())) {
            throw new IllegalArgumentException("Expected sums of model %s with fingerprint %s, but was %s"
                    .formatted(model.architecture().modelId(), expected, sums.fingerprint()));
        }
    }
}
