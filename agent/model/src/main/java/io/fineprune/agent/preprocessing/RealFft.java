package io.fineprune.agent.preprocessing;

/**
 * The power spectrum of real numbers by a complex transform of half the length, with all twiddle factors tabulated.
 * Immutable; the caller brings the memory.
 */
final class RealFft {
    private final int size;
    private final int half;
    private final int[] reversed;
    private final double[] cosine;
    private final double[] sine;

    /** A transform of so many real numbers, a power of two of at least 4. */
    RealFft(int size) {
        if (size < 4 || Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("Expected a power of two of at least 4, found " + size);
        }
        this.size = size;
        this.half = size / 2;
        this.reversed = new int[half];
        int bits = Integer.numberOfTrailingZeros(half);
        for (int i = 0; i < half; i++) {
            reversed[i] = Integer.reverse(i) >>> (32 - bits);
        }
        this.cosine = new double[half];
        this.sine = new double[half];
        for (int i = 0; i < half; i++) {
            cosine[i] = StrictMath.cos(2 * Math.PI * i / size);
            sine[i] = -StrictMath.sin(2 * Math.PI * i / size);
        }
    }

    int size() {
        return size;
    }

    /** Bins of the spectrum, from 0 Hz to half the sample rate. */
    int bins() {
        return half + 1;
    }

    /** Where the real number of an index has to be put: even ones into re, odd ones into im, in bit-reversed order. */
    int slot(int index) {
        return reversed[index >> 1];
    }

    /**
     * Computes |X_k|^2.
     *
     * @param re [size / 2] even numbers by {@link #slot}; overwritten
     * @param im [size / 2] odd numbers by {@link #slot}; overwritten
     * @param power [bins] result
     */
    void power(double[] re, double[] im, double[] power) {
        butterflies(re, im);
        power[0] = square(re[0] + im[0]);
        power[half] = square(re[0] - im[0]);
        for (int k = 1; k < half; k++) {
            int mirror = half - k;
            double evenRe = 0.5 * (re[k] + re[mirror]);
            double evenIm = 0.5 * (im[k] - im[mirror]);
            double oddRe = 0.5 * (im[k] + im[mirror]);
            double oddIm = -0.5 * (re[k] - re[mirror]);
            double real = evenRe + cosine[k] * oddRe - sine[k] * oddIm;
            double imaginary = evenIm + cosine[k] * oddIm + sine[k] * oddRe;
            power[k] = real * real + imaginary * imaginary;
        }
    }

    private void butterflies(double[] re, double[] im) {
        for (int length = 1; length < half; length <<= 1) {
            int stride = half / length;
            for (int start = 0; start < half; start += 2 * length) {
                for (int j = 0; j < length; j++) {
                    int a = start + j;
                    int b = a + length;
                    double c = cosine[j * stride];
                    double s = sine[j * stride];
                    double real = re[b] * c - im[b] * s;
                    double imaginary = re[b] * s + im[b] * c;
                    re[b] = re[a] - real;
                    im[b] = im[a] - imaginary;
                    re[a] += real;
                    im[a] += imaginary;
                }
            }
        }
    }

    private static double square(double x) {
        return x * x;
    }
}
