package io.fineprune.topology.activation;

/**
 * Activation sums and posteriors of one forward pass, one row per event. A row does not depend on the other events of
 * the batch.
 *
 * <p>Since this is a hot path, the arrays are shared and never written to after construction. They may be longer than
 * the rows that count.
 *
 * @param events number of valid rows, from row 0
 * @param taps columns of the three activation arrays
 * @param classes columns of posterior
 * @param absolute [events, taps] sum over positions of |a| after the activation function
 * @param linear [events, taps] sum over positions of a
 * @param squared [events, taps] sum over positions of a squared
 * @param posterior [events, classes] softmax output
 */
public record ActivationBatch(
        int events, int taps, int classes, float[] absolute, float[] linear, float[] squared, float[] posterior) {
    /** Returns the class with the largest posterior; of equal ones the one with the lowest index. */
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
