package io.fineprune.topology.activation;

import java.util.Optional;

/**
 * One convolution, depthwise convolution or dense layer of the source model, with the wiring that pruning needs.
 *
 * <p>Channels that must be removed together (a producer and the depthwise layer behind it, the summands of a residual
 * addition) share a <em>unit</em>; units are numbered through the whole model. A <em>tap</em> is a place in the vector of
 * activation sums: the model's input channels come first, then the nodes of each layer.
 *
 * @param name the operation's name in the frozen graph
 * @param nodes output channels or dense units
 * @param inputs input channels, or input values of a dense layer
 * @param kernelSize weights between one input and one node: height times width, 1 for dense
 * @param positions output positions per event: height times width, 1 for dense
 * @param biased whether each node also has a bias
 * @param firstTap the tap of node 0; node i is at firstTap + i
 * @param outputUnits [nodes] the unit that removes each node; -1: never removed
 * @param inputUnits [inputs] the unit that removes each input; -1: never removed
 * @param inputTaps [inputs] the tap that measures each input
 * @param unprunableReason why the nodes are never removed; empty if they may be
 */
public record Layer(
        String name,
        LayerKind kind,
        int nodes,
        int inputs,
        int kernelSize,
        long positions,
        boolean biased,
        int firstTap,
        int[] outputUnits,
        int[] inputUnits,
        int[] inputTaps,
        Optional<String> unprunableReason) {
    public Layer {
        requirePositive(name, "nodes", nodes);
        requirePositive(name, "inputs", inputs);
        requirePositive(name, "kernelSize", kernelSize);
        requirePositive(name, "positions", positions);
        requireLength(name, "outputUnits", outputUnits, nodes);
        requireLength(name, "inputUnits", inputUnits, inputs);
        requireLength(name, "inputTaps", inputTaps, inputs);
        outputUnits = outputUnits.clone();
        inputUnits = inputUnits.clone();
        inputTaps = inputTaps.clone();
    }

    /** Returns the unit whose removal removes this node, or -1 if the node is never removed. */
    public int outputUnit(int node) {
        return outputUnits[node];
    }

    /** Returns the unit whose removal removes this input, or -1 if the input is never removed. */
    public int inputUnit(int input) {
        return inputUnits[input];
    }

    /** Returns the place in the activation sums at which this input's activation is summed. */
    public int inputTap(int input) {
        return inputTaps[input];
    }

    /**
     * Counts the layer's weights without biases. They are laid out as [kernelSize, inputs, nodes], or [kernelSize,
     * nodes] for a depthwise layer.
     */
    public int weights() {
        return kind == LayerKind.DEPTHWISE
                ? Math.multiplyExact(kernelSize, nodes)
                : Math.multiplyExact(Math.multiplyExact(kernelSize, inputs), nodes);
    }

    public boolean prunable() {
        return unprunableReason.isEmpty();
    }

    @Override
    public int[] outputUnits() {
        return outputUnits.clone();
    }

    @Override
    public int[] inputUnits() {
        return inputUnits.clone();
    }

    @Override
    public int[] inputTaps() {
        return inputTaps.clone();
    }

    private static void requirePositive(String layer, String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "Expected at least 1 as %s of layer %s, but was %d".formatted(what, layer, value));
        }
    }

    private static void requireLength(String layer, String what, int[] array, int length) {
        if (array.length != length) {
            throw new IllegalArgumentException(
                    "Expected %d %s in layer %s, but was %d".formatted(length, what, layer, array.length));
        }
    }
}
