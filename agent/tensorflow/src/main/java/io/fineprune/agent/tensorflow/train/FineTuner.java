package io.fineprune.agent.tensorflow.train;

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
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.types.TFloat32;

/**
 * Goes on training a frozen model, with labels or by the entropy of its answers: what personalisation by forward passes is compared
 * with. Adam at a constant rate; the same data, seed and machine yield the same weights bit for bit. For one thread; closing
 * frees the session.
 */
public final class FineTuner implements AutoCloseable {
    private final FrozenModel model;
    private final List<LayerNode> layers;
    private final Map<Integer, LayerForm> forms;
    private final AdamGraph adam;

    /**
     * Settings of a training.
     *
     * @param epochs at least 1
     * @param batchSize at least 1; an epoch's last batch may be smaller
     * @param learningRate of Adam, more than 0
     * @param seed seed of the order of the inputs
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
     * @param forms of every layer by its index, at least one of which trains something
     * @param loss that is minimised
     * @throws UnsupportedModelException if the model takes encoded recordings or a fixed batch, or does not end in a softmax
     */
    public FineTuner(FrozenModel model, Network network, Map<Integer, LayerForm> forms, Loss loss) {
        this.model = model;
        this.layers = network.nodes();
        this.forms = new TreeMap<>(forms);
        TensorRef logits = model.logits()
                .filter(tensor -> tensor.index() == 0)
                .orElseThrow(() -> new UnsupportedModelException(
                        "Unsupported output for training: expected a softmax at the end"));
        if (model.encoded() || model.fixedBatch().isPresent()) {
            throw new UnsupportedModelException(
                    "Unsupported input for training: expected numbers in batches of any size");
        }
        FlatGraph graph = FlatGraph.of(model.graph());
        Map<String, int[]> trained = new LinkedHashMap<>();
        this.forms.forEach((index, form) -> trained.putAll(form.put(graph, layers.get(index))));
        this.adam = new AdamGraph(
                new VggGraph.Built(graph, trained), model.input().node(), logits.node(), model.classes(), loss);
    }

    /**
     * Trains with labels, in a new order each epoch.
     *
     * @param labels [inputs]
     * @return parameters of every layer by its index
     * @throws UnusableEventException if an input has another shape than the model's
     */
    public Map<Integer, LayerParameters> tune(List<ModelInput> inputs, int[] labels, Settings settings)
            throws UnusableEventException {
        start();
        SplittableRandom random = new SplittableRandom(settings.seed());
        int[] order = IntStream.range(0, inputs.size()).toArray();
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
                int[] batch = Arrays.copyOfRange(order, from, Math.min(order.length, from + settings.batchSize()));
                try (TFloat32 truth = oneHot(labels, batch)) {
                    step(inputs, batch, truth, step, settings.learningRate());
                }
            }
        }
        return read();
    }

    /**
     * Trains on the inputs once, in their order and without labels, with one step per batch.
     *
     * @param batchSize at least 1; the last batch may be smaller
     * @param learningRate of Adam
     * @return parameters of every layer by its index
     * @throws UnusableEventException if an input has another shape than the model's
     */
    public Map<Integer, LayerParameters> follow(List<ModelInput> inputs, int batchSize, double learningRate)
            throws UnusableEventException {
        start();
        for (int from = 0; from < inputs.size(); from += batchSize) {
            int[] batch = IntStream.range(from, Math.min(inputs.size(), from + batchSize))
                    .toArray();
            step(inputs, batch, null, from / batchSize + 1, learningRate);
        }
        return read();
    }

    private void start() {
        Map<String, float[]> start = new HashMap<>();
        forms.forEach((index, form) -> start.putAll(form.start(layers.get(index))));
        adam.initialise(start);
    }

    private Map<Integer, LayerParameters> read() {
        Map<String, float[]> variables = adam.read();
        Map<Integer, LayerParameters> parameters = new HashMap<>();
        forms.forEach((index, form) -> parameters.put(index, form.read(layers.get(index), variables)));
        return parameters;
    }

    private void step(List<ModelInput> inputs, int[] batch, @Nullable TFloat32 truth, int step, double rate)
            throws UnusableEventException {
        int size = model.inputSize();
        float[] values = new float[Math.multiplyExact(batch.length, size)];
        for (int i = 0; i < batch.length; i++) {
            if (!(inputs.get(batch[i]) instanceof ModelInput.Values input) || input.values().length != size) {
                throw new UnusableEventException(Reason.WRONG_SHAPE, "Expected %d numbers as input".formatted(size));
            }
            System.arraycopy(input.values(), 0, values, i * size, size);
        }
        int[] inputShape = model.inputShape();
        long[] shape = new long[inputShape.length + 1];
        shape[0] = batch.length;
        for (int i = 0; i < inputShape.length; i++) {
            shape[i + 1] = inputShape[i];
        }
        try (TFloat32 fed = Tensors.floats(values, shape)) {
            adam.step(fed, truth, step, rate, new BatchNorms(), new float[batch.length * model.classes()]);
        }
    }

    private TFloat32 oneHot(int[] labels, int[] batch) {
        int classes = model.classes();
        float[] truth = new float[batch.length * classes];
        for (int i = 0; i < batch.length; i++) {
            truth[i * classes + labels[batch[i]]] = 1;
        }
        return Tensors.floats(truth, batch.length, classes);
    }

    @Override
    public void close() {
        adam.close();
    }
}
