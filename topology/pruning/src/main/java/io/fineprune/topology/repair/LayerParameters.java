package io.fineprune.topology.repair;

/**
 * Weights and biases of one layer in the source model's full shape; what was removed is zero. Shared arrays, never written to
 * after construction.
 *
 * @param weights [kernelSize, inputs, nodes], or [kernelSize, nodes] for a depthwise layer
 * @param biases [nodes]
 */
public record LayerParameters(float[] weights, float[] biases) {
    /** The same layer behind an affine on its pre-activations: it folds into weights and biases. */
    public LayerParameters scaled(HomeostaticScaling scaling) {
        int nodes = biases.length;
        float[] scaledWeights = weights.clone();
        for (int i = 0; i < scaledWeights.length; i++) {
            scaledWeights[i] *= scaling.scale()[i % nodes];
        }
        float[] scaledBiases = biases.clone();
        for (int n = 0; n < nodes; n++) {
            scaledBiases[n] = scaledBiases[n] * scaling.scale()[n] + scaling.shift()[n];
        }
        return new LayerParameters(scaledWeights, scaledBiases);
    }
}
