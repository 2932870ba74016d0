package io.fineprune.agent.preprocessing;

/** The first coefficients of a DCT-II, c_k = sqrt(2 / n) sum_i x_i cos(pi k (i + 1/2) / n). Immutable. */
final class CosineTransform {
    private final int inputs;
    private final int coefficients;
    private final double[] table;

    CosineTransform(int inputs, int coefficients) {
        this.inputs = inputs;
        this.coefficients = coefficients;
        this.table = new double[coefficients * inputs];
        for (int k = 0; k < coefficients; k++) {
            for (int i = 0; i < inputs; i++) {
                table[k * inputs + i] =
                        StrictMath.sqrt(2.0 / inputs) * StrictMath.cos(Math.PI * k * (i + 0.5) / inputs);
            }
        }
    }

    /** Writes the coefficients of {@code in} to {@code out}, from an offset on. */
    void transform(double[] in, float[] out, int offset) {
        for (int k = 0; k < coefficients; k++) {
            double sum = 0;
            for (int i = 0; i < inputs; i++) {
                sum += table[k * inputs + i] * in[i];
            }
            out[offset + k] = (float) sum;
        }
    }
}
