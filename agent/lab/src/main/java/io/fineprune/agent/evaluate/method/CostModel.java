package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;

/**
 * Operations and memory of adaptations, by formula. With F the operations of a forward pass of one event, W weights and
 * biases, T taps, C classes, n events, x the numbers of one input, and A the largest sum of the outputs of two layers that follow
 * each other (all that a forward pass of one event holds):
 *
 * <ul>
 *   <li>observing (Algorithm 1): n F operations; 4 W + 4 A + 24 T + 8 C bytes, whatever n. An addition per activation is not
 *       counted as an operation, since nothing is multiplied.
 *   <li>weight scores: W operations; 4 W + 8 W bytes.
 *   <li>class prior: 100 rounds of 2 n C operations; the posteriors' 4 n C bytes.
 *   <li>sweep over m events: 2 m F operations (teacher and student) and, for a refit, for a layer with k inputs of a node left,
 *       c nodes left and p positions, m p k (k + c) + k^3 / 3 + 2 k^2 c; the events' 4 m x bytes, twice the weights, the two
 *       streams' 8 m A bytes and the largest system's 8 k (k + 2 c).
 *   <li>head: n F + 20 rounds of n d C for the clusterings and n d^2 + d^3 / 3 for the discriminant, d features; 4 n d + 8 d^2
 *       bytes.
 *   <li>backpropagation: 3 F for each event and epoch, 8 W for each step of Adam; 16 W bytes (weights, gradients, two moments)
 *       and, for a batch of b, 8 b times all activations (before and after the activation function).
 *   <li>statistics of batch norms: 2 n F operations (each layer once to be measured, once to go on); 8 W + 4 n (x + A) bytes.
 *   <li>templates: n F operations and 2 n C for the entropies; the supports' 4 m C d bytes, m for each class.
 *   <li>neighbours: n F operations, n n d for the distances and 500 n C for 100 rounds over five neighbours; 4 n (d + C) bytes,
 *       an event's distances included with 8 n.
 *   <li>singular values of an m x n matrix: m n^2 + 9 n^3 with n the smaller; 8 (m n + 2 n^2) bytes.
 * </ul>
 */
public final class CostModel {
    private final Architecture architecture;
    private final int inputSize;

    public CostModel(Architecture architecture, int inputSize) {
        this.architecture = architecture;
        this.inputSize = inputSize;
    }

    /** Operations of a forward pass of one event. */
    public long forwardMacs() {
        return architecture.layers().stream()
                .mapToLong(layer -> layer.weights() * layer.positions())
                .sum();
    }

    /** Weights and biases. */
    public long parameters() {
        return architecture.layers().stream()
                .mapToLong(layer -> layer.weights() + (layer.biased() ? layer.nodes() : 0L))
                .sum();
    }

    /** Returns the cost of doing nothing: no operations, and the memory of the model. */
    public Cost nothing() {
        return new Cost(0, 4 * parameters());
    }

    /** Running sums over events. */
    public Cost observing(int events) {
        return new Cost(
                events * forwardMacs(),
                4 * parameters() + 4 * livingActivations() + 24L * architecture.taps() + 8L * architecture.classes());
    }

    /** Scores of weights without events. */
    public Cost weightScores() {
        return new Cost(parameters(), 12 * parameters());
    }

    public Cost prior(int events) {
        long numbers = (long) events * architecture.classes();
        return new Cost(200 * numbers, 4 * parameters() + 4 * numbers);
    }

    /**
     * Returns the cost of a layer-by-layer sweep.
     *
     * @param keptShare nodes left
     */
    public Cost sweep(int events, boolean refit, double keptShare) {
        long macs = 2L * events * forwardMacs();
        long system = 0;
        if (refit) {
            for (Layer layer : architecture.layers()) {
                boolean depthwise = layer.kind() == LayerKind.DEPTHWISE;
                double inputs = depthwise ? 1 : Math.ceil(layer.inputs() * keptShare);
                double k = layer.kernelSize() * inputs;
                double c = depthwise ? 1 : Math.ceil(layer.nodes() * keptShare);
                double problems = depthwise ? Math.ceil(layer.nodes() * keptShare) : 1;
                double rows = (double) events * layer.positions();
                macs += (long) (problems * (rows * k * (k + c) + k * k * k / 3 + 2 * k * k * c));
                system = Math.max(system, (long) (problems * 8 * k * (k + 2 * c)));
            }
        }
        return new Cost(macs, 8 * parameters() + 4L * events * inputSize + 8L * events * livingActivations() + system);
    }

    /** Returns the cost of fitting prototypes in the place of the last layer. */
    public Cost head(int events) {
        Layer last = architecture.layers().get(architecture.layers().size() - 1);
        long features = last.inputs();
        long clustering = 20L * events * features * architecture.classes();
        long discriminant = events * features * features + features * features * features / 3;
        return new Cost(
                events * forwardMacs() + clustering + discriminant,
                4 * parameters() + 4L * events * features + 8 * features * features);
    }

    public Cost backpropagation(int events, int epochs, int batch) {
        long steps = (long) epochs * ((events + batch - 1) / batch);
        long all = architecture.layers().stream()
                .mapToLong(layer -> layer.nodes() * layer.positions())
                .sum();
        return new Cost(
                3L * epochs * events * forwardMacs() + 8 * steps * parameters(),
                16 * parameters() + (long) Math.min(batch, events) * (8 * all + 4L * inputSize));
    }

    /** Returns the cost of measuring the statistics of batch norms anew. */
    public Cost statistics(int events) {
        return new Cost(
                2L * events * forwardMacs(), 8 * parameters() + 4L * events * (inputSize + livingActivations()));
    }

    /**
     * Returns the cost of templates of the classes.
     *
     * @param supports of each class, at most
     */
    public Cost templates(int events, int supports) {
        long classes = architecture.classes();
        return new Cost(
                events * (forwardMacs() + 2 * classes),
                4 * parameters() + 4 * livingActivations() + 4L * supports * classes * features());
    }

    /** Returns the cost of finding events' neighbours and adjusting answers to them. */
    public Cost neighbours(int events) {
        long classes = architecture.classes();
        return new Cost(
                events * (forwardMacs() + events * features() + 500 * classes),
                4 * parameters() + 4 * livingActivations() + 4L * events * (features() + classes + 2));
    }

    private long features() {
        return architecture.layers().get(architecture.layers().size() - 1).inputs();
    }

    public Cost singularValues() {
        long macs = 0;
        long bytes = 0;
        for (Layer layer : architecture.layers()) {
            if (layer.kind() != LayerKind.DEPTHWISE) {
                long rows = (long) layer.kernelSize() * layer.inputs();
                long small = Math.min(rows, layer.nodes());
                long large = Math.max(rows, layer.nodes());
                macs += large * small * small + 9 * small * small * small;
                bytes = Math.max(bytes, 8 * (large * small + 2 * small * small));
            }
        }
        return new Cost(macs, 4 * parameters() + bytes);
    }

    private long livingActivations() {
        long largest = 0;
        long before = inputSize;
        for (Layer layer : architecture.layers()) {
            long outputs = layer.nodes() * layer.positions();
            largest = Math.max(largest, before + outputs);
            before = outputs;
        }
        return largest;
    }
}
