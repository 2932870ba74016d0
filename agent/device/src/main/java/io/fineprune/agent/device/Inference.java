package io.fineprune.agent.device;

/**
 * The result of one inference.
 *
 * @param version the mask version under which all of it ran; 0: the source model
 * @param predictedClass the class with the largest posterior
 * @param confidence posterior of the predicted class, 0 to 1
 * @param waitNanos time from the request until the model began to run
 * @param runNanos time that the model ran
 */
public record Inference(long version, int predictedClass, float confidence, long waitNanos, long runNanos) {
    static Inference of(long version, float[] posterior, long waitNanos, long runNanos) {
        int best = 0;
        for (int c = 1; c < posterior.length; c++) {
            if (posterior[c] > posterior[best]) {
                best = c;
            }
        }
        return new Inference(version, best, posterior[best], waitNanos, runNanos);
    }
}
