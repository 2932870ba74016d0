package io.fineprune.topology.activation;

/**
 * What one forward pass yields. Rows are independent of each other: an event's row is the same whatever its company.
 *
 * <p>A hot path: the arrays are neither copied nor written to after construction. They may be longer than the rows that
 * count.
 *
 * @param events rows that count
 * @param taps columns of the three activation arrays
 * @param classes columns of posterior
 * @param absolute [events, taps] sum over positions of |a| after the activation function
 * @param linear [events, taps] sum over positions of a
 * @param squared [events, taps] sum over positions of a squared
 * @param posterior [events, classes] softmax output
 */
public record ActivationBatch(
        int events, int taps, int classes, float[] absolute, float[] linear, float[] squared, float[] posterior) {
    /** The class with the largest posterior; the first of equals. */
    public int predictedClass(int event) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
            if (posterior[event * classes + c] > posterior[event * classes + best]) {
                best = c;
            }
        }
        return best;
    }
}
