package io.fineprune.topology.repair;

import java.util.List;

/**
 * One set of inputs on its way through the model, layer by layer in the order of the architecture; each layer runs once.
 * Closing frees its native tensors. Not safe for several threads.
 */
public interface LayerStream extends AutoCloseable {
    /** Moments of the pre-activations that the next layer would have with these parameters. */
    NodeMoments moments(int layer, LayerParameters parameters);

    /** Runs the next layer with these parameters; what follows sees its output. */
    void advance(int layer, LayerParameters parameters);

    /**
     * The least-squares problem of the next layer: its kept inputs in this stream against the pre-activations of another stream,
     * which has run the layer already.
     *
     * @param inputs kept input channels, rising; of a depthwise layer those of the kept nodes
     * @param nodes kept nodes, rising
     * @return one problem for all nodes; of a depthwise layer one for each
     */
    List<NormalEquations> equations(int layer, int[] inputs, int[] nodes, LayerStream target);

    @Override
    void close();
}
