package io.fineprune.agent.preprocessing;

/**
 * Changes the sample rate with a Kaiser-windowed sinc of 32 zero crossings on each side, so that what the lower rate cannot
 * hold is 80 dB down. Where the ratio of the rates is a small fraction every phase of the filter is tabulated; else 256
 * phases are, with linear interpolation between them, which adds an error of about 100 dB down. Immutable.
 */
final class Resampler {
    private static final int ZERO_CROSSINGS = 32;
    private static final double KAISER_BETA = 8;
    /** Middle of the transition band, relative to the lower rate's limit; it ends at the limit. */
    private static final double CUTOFF = 0.92;

    private static final int MAX_EXACT_PHASES = 640;
    private static final int MAX_EXACT_NUMBERS = 1 << 18;
    private static final int INTERPOLATED_PHASES = 256;

    private final int fromHz;
    private final int toHz;
    private final int phases;
    private final boolean exact;
    private final int reach;
    /** [phases + 1, 2 * reach]: what the samples from floor(t) - reach + 1 on weigh. */
    private final float[] table;

    Resampler(int fromHz, int toHz) {
        this.fromHz = fromHz;
        this.toHz = toHz;
        double bandwidth = CUTOFF * Math.min(1.0, (double) toHz / fromHz);
        this.reach = (int) Math.ceil(ZERO_CROSSINGS / bandwidth);
        int fraction = toHz / gcd(fromHz, toHz);
        this.exact = fraction <= MAX_EXACT_PHASES && (long) fraction * 2 * reach <= MAX_EXACT_NUMBERS;
        this.phases = exact ? fraction : INTERPOLATED_PHASES;
        this.table = new float[(phases + 1) * 2 * reach];
        double[] weights = new double[2 * reach];
        for (int phase = 0; phase <= phases; phase++) {
            double sum = 0;
            for (int k = 0; k < weights.length; k++) {
                double distance = (double) phase / phases - (k - reach + 1);
                weights[k] = sinc(bandwidth * distance) * kaiser(distance / reach);
                sum += weights[k];
            }
            for (int k = 0; k < weights.length; k++) {
                table[phase * weights.length + k] = (float) (weights[k] / sum);
            }
        }
    }

    /** Returns the length in samples that a clip has after resampling. */
    int lengthAfter(int samples) {
        return (int) Math.max(1, Math.round((double) samples * toHz / fromHz));
    }

    /** Resamples a clip to the new rate, as if there were silence before and after it. */
    float[] resample(float[] in) {
        float[] out = new float[lengthAfter(in.length)];
        int taps = 2 * reach;
        for (int n = 0; n < out.length; n++) {
            long position = (long) n * fromHz;
            int whole = (int) (position / toHz);
            double phase = (double) (position % toHz) * phases / toHz;
            int row = exact ? (int) Math.rint(phase) : (int) phase;
            int first = whole - reach + 1;
            int from = Math.max(0, -first);
            int to = Math.min(taps, in.length - first);
            double sum = dot(in, first, row * taps, from, to);
            if (!exact) {
                double fraction = phase - row;
                sum += fraction * (dot(in, first, (row + 1) * taps, from, to) - sum);
            }
            out[n] = (float) sum;
        }
        return out;
    }

    private double dot(float[] in, int first, int row, int from, int to) {
        // Four sums, since a processor can add to them at once.
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int k = from;
        for (; k + 3 < to; k += 4) {
            a += in[first + k] * table[row + k];
            b += in[first + k + 1] * table[row + k + 1];
            c += in[first + k + 2] * table[row + k + 2];
            d += in[first + k + 3] * table[row + k + 3];
        }
        for (; k < to; k++) {
            a += in[first + k] * table[row + k];
        }
        return (double) a + b + ((double) c + d);
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : StrictMath.sin(Math.PI * x) / (Math.PI * x);
    }

    /** Returns the Kaiser window without its constant factor, since weights are divided by their sum. */
    private static double kaiser(double x) {
        return Math.abs(x) >= 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - x * x));
    }

    /** The modified Bessel function of the first kind and order 0. */
    private static double bessel(double x) {
        double sum = 1;
        double term = 1;
        for (int k = 1; term > 1e-14 * sum; k++) {
            term *= x * x / (4.0 * k * k);
            sum += term;
        }
        return sum;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
