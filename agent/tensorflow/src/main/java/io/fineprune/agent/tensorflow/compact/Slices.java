package io.fineprune.agent.tensorflow.compact;

import io.fineprune.agent.tensorflow.graph.Constants;

/** Takes entries along the last dimensions out of arrays in row-major order. */
final class Slices {
    private Slices() {}

    /**
     * A smaller constant.
     *
     * @param shape dimensions of the smaller constant
     * @param values in row-major order
     */
    record Sliced(int[] shape, float[] values) {}

    /** Keeps entries of the last dimension. */
    static Sliced last(float[] values, int[] shape, boolean[] kept) {
        int[] smaller = shape.clone();
        smaller[shape.length - 1] = count(kept);
        float[] result = new float[Constants.size(smaller)];
        int next = 0;
        for (int i = 0; i < values.length; i++) {
            if (kept[i % kept.length]) {
                result[next++] = values[i];
            }
        }
        return new Sliced(smaller, result);
    }

    /** Keeps entries of the last dimension and of the one before it. */
    static Sliced lastTwo(float[] values, int[] shape, boolean[] keptBefore, boolean[] keptLast) {
        int[] smaller = shape.clone();
        smaller[shape.length - 1] = count(keptLast);
        smaller[shape.length - 2] = count(keptBefore);
        float[] result = new float[Constants.size(smaller)];
        int next = 0;
        for (int i = 0; i < values.length; i++) {
            if (keptLast[i % keptLast.length] && keptBefore[i / keptLast.length % keptBefore.length]) {
                result[next++] = values[i];
            }
        }
        return new Sliced(smaller, result);
    }

    static int count(boolean[] kept) {
        int count = 0;
        for (boolean keep : kept) {
            count += keep ? 1 : 0;
        }
        return count;
    }
}
