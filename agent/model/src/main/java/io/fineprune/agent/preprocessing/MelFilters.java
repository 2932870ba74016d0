package io.fineprune.agent.preprocessing;

/**
 * Triangles on the mel scale, mel(f) = 1127 ln(1 + f / 700), their feet on their neighbours' tops; the bin of 0 Hz is left
 * out. Only the bins under a triangle are stored. Immutable.
 */
final class MelFilters {
    private final int[] firstBin;
    private final double[][] weights;

    /** Bands between two frequencies over a spectrum of so many bins, from 0 Hz to half the sample rate. */
    MelFilters(int bands, int bins, int sampleRateHz, double lowHz, double highHz) {
        this.firstBin = new int[bands];
        this.weights = new double[bands][];
        double low = mel(lowHz);
        double step = (mel(highHz) - low) / (bands + 1);
        double binHz = sampleRateHz / 2.0 / (bins - 1);
        for (int band = 0; band < bands; band++) {
            double centre = low + step * (band + 1);
            int first = 1;
            while (first < bins && mel(first * binHz) <= centre - step) {
                first++;
            }
            int end = first;
            while (end < bins && mel(end * binHz) < centre + step) {
                end++;
            }
            if (first == end) {
                throw new IllegalArgumentException("Preprocessing 'audio': band " + band + " of " + bands
                        + " lies between two bins of the spectrum, " + binHz
                        + " Hz apart; use fewer bands, a longer window or a higher lowHz");
            }
            firstBin[band] = first;
            weights[band] = new double[end - first];
            for (int bin = first; bin < end; bin++) {
                weights[band][bin - first] = 1 - Math.abs(mel(bin * binHz) - centre) / step;
            }
        }
    }

    int bands() {
        return weights.length;
    }

    /** Returns the weighted sum of a spectrum's bins that makes a band. */
    double sum(int band, double[] spectrum) {
        double[] triangle = weights[band];
        int first = firstBin[band];
        double sum = 0;
        for (int i = 0; i < triangle.length; i++) {
            sum += triangle[i] * spectrum[first + i];
        }
        return sum;
    }

    static double mel(double hertz) {
        return 1127 * StrictMath.log1p(hertz / 700);
    }
}
