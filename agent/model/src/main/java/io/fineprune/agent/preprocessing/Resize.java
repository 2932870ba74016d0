package io.fineprune.agent.preprocessing;

/**
 * Changes the number of pixels along one axis: the mean of the area that a new pixel covers when shrinking, linear
 * interpolation between the middles of pixels when enlarging. Immutable.
 */
final class Resize {
    private final int[] first;
    private final float[][] weights;

    Resize(int from, int to) {
        this.first = new int[to];
        this.weights = new float[to][];
        double ratio = (double) from / to;
        for (int i = 0; i < to; i++) {
            if (ratio > 1) {
                area(i, i * ratio, Math.min(from, (i + 1) * ratio));
            } else {
                linear(i, (i + 0.5) * ratio - 0.5, from);
            }
        }
    }

    private void area(int i, double low, double high) {
        int start = (int) low;
        int end = (int) Math.ceil(high - 1e-9);
        first[i] = start;
        weights[i] = new float[end - start];
        for (int p = start; p < end; p++) {
            weights[i][p - start] = (float) ((Math.min(high, p + 1) - Math.max(low, p)) / (high - low));
        }
    }

    private void linear(int i, double position, int from) {
        double inside = Math.max(0, Math.min(from - 1, position));
        int start = (int) inside;
        float fraction = (float) (inside - start);
        first[i] = start;
        weights[i] = fraction == 0 ? new float[] {1} : new float[] {1 - fraction, fraction};
    }

    int size() {
        return first.length;
    }

    /** Returns a new pixel's value from old ones that lie {@code stride} apart, from {@code offset} on. */
    float at(int i, float[] pixels, int offset, int stride) {
        float[] row = weights[i];
        int position = offset + first[i] * stride;
        float sum = 0;
        for (float weight : row) {
            sum += weight * pixels[position];
            position += stride;
        }
        return sum;
    }
}
