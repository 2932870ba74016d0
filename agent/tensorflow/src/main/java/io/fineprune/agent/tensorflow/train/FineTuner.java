package io.fineprune.agent.tensorflow.train;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import io.fineprune.agent.tensorflow.graph.Tensors;
import io.fineprune.agent.tensorflow.graph.UnsupportedModelException;
import io.fineprune.agent.tensorflow.units.LayerNode;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import io.fineprune.topology.repair.LayerParameters;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.types.TFloat32;

/**
 * Goes on training a frozen model's weights and biases with labels: what personalisation without labels is compared with. Adam
 * at a constant rate; the same data, seed and machine yield the same weights bit for bit. For one thread; closing frees the
 * session.
 */
public final class FineTuner implements AutoCloseable {
    private final FrozenModel model;
    private final List<LayerNode> layers;
    private final AdamGraph adam;

    /**
     * How it trains.
     *
     * @param epochs at least 1
     * @param batchSize at least 1; an epoch's last batch may be smaller
     * @param learningRate of Adam, more than 0
     * @param seed of the order
     */
    public record Settings(int epochs, int batchSize, double learningRate, long seed) {
        public Settings {
            if (epochs < 1 || batchSize < 1 || !(learningRate > 0)) {
                throw new IllegalArgumentException(
                        "Expected at least 1 epoch, batches of at least 1 and a learning rate above 0, found %d, %d, %s"
                                .formatted(epochs, batchSize, learningRate));
            }
        }
    }

    /**
     * Builds the graph of gradients.
     *
     * @throws UnsupportedModelException if the model takes encoded recordings or a fixed batch, or does not end in a softmax
     */
    public FineTuner(FrozenModel model, Network network) {
        this.model = model;
        this.layers = network.nodes();
        TensorRef logits = model.logits()
                .filter(tensor -> tensor.index() == 0)
                .orElseThrow(() -> new UnsupportedModelException(
                        "Unsupported output for training: expected a softmax at the end"));
        if (model.encoded() || model.fixedBatch().isPresent()) {
            throw new UnsupportedModelException(
                    "Unsupported input for training: expected numbers in batches of any size");
        }
        FlatGraph graph = FlatGraph.of(model.graph());
        Map<String, int[]> parameters = new LinkedHashMap<>();
        for (LayerNode layer : layers) {
            parameters.put(layer.kernel(), layer.kernelShape());
            layer.bias().ifPresent(bias -> parameters.put(bias, Constants.shape(graph.node(bias))));
        }
        parameters.forEach((name, shape) -> graph.put(AdamGraph.variable(name, shape)));
        this.adam = new AdamGraph(
                new VggGraph.Built(graph, parameters), model.input().node(), logits.node(), model.classes());
    }

    /**
     * Trains all layers.
     *
     * @param start parameters of every layer by its index
     * @param labels [inputs]
     * @return parameters of every layer by its index
     * @throws UnusableEventException if an input has another shape than the model's
     */
    public Map<Integer, LayerParameters> tune(
            Map<Integer, LayerParameters> start, List<ModelInput> inputs, int[] labels, Settings settings)
            throws UnusableEventException {
        adam.initialise(named(start));
        SplittableRandom random = new SplittableRandom(settings.seed());
        int[] order = new int[inputs.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        int step = 0;
        for (int epoch = 0; epoch < settings.epochs(); epoch++) {
            for (int i = order.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swapped = order[i];
                order[i] = order[j];
                order[j] = swapped;
            }
            for (int from = 0; from < order.length; from += settings.batchSize()) {
                step++;
                step(inputs, labels, order, from, Math.min(order.length, from + settings.batchSize()), step, settings);
            }
        }
        return numbered(adam.read());
    }

    private void step(List<ModelInput> inputs, int[] labels, int[] order, int from, int to, int step, Settings settings)
            throws UnusableEventException {
        int rows = to - from;
        int size = model.inputSize();
        int classes = model.classes();
        float[] values = new float[Math.multiplyExact(rows, size)];
        float[] oneHot = new float[rows * classes];
        for (int i = 0; i < rows; i++) {
            if (!(inputs.get(order[from + i]) instanceof ModelInput.Values input) || input.values().length != size) {
                throw new UnusableEventException(Reason.WRONG_SHAPE, "Expected %d numbers as input".formatted(size));
            }
            System.arraycopy(input.values(), 0, values, i * size, size);
            oneHot[i * classes + labels[order[from + i]]] = 1;
        }
        int[] inputShape = model.inputShape();
        long[] shape = new long[inputShape.length + 1];
        shape[0] = rows;
        for (int i = 0; i < inputShape.length; i++) {
            shape[i + 1] = inputShape[i];
        }
        try (TFloat32 batch = Tensors.floats(values, shape);
                TFloat32 truth = Tensors.floats(oneHot, rows, classes)) {
            adam.step(batch, truth, step, settings.learningRate(), new BatchNorms(), new float[rows * classes]);
        }
    }

    private Map<String, float[]> named(Map<Integer, LayerParameters> parameters) {
        Map<String, float[]> named = new HashMap<>();
        parameters.forEach((index, layer) -> {
            named.put(layers.get(index).kernel(), layer.weights());
            layers.get(index).bias().ifPresent(bias -> named.put(bias, layer.biases()));
        });
        return named;
    }

    private Map<Integer, LayerParameters> numbered(Map<String, float[]> named) {
        Map<Integer, LayerParameters> parameters = new HashMap<>();
        for (int l = 0; l < layers.size(); l++) {
            LayerNode layer = layers.get(l);
            float[] none = new float[layer.nodes()];
            parameters.put(
                    l,
                    new LayerParameters(
                            named.getOrDefault(layer.kernel(), none),
                            layer.bias()
                                    .map(bias -> named.getOrDefault(bias, none))
                                    .orElse(none)));
        }
        return parameters;
    }

    @Override
    public void close() {
        adam.close();
    }
}
