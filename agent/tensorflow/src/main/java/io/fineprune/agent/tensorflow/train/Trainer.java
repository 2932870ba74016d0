package io.fineprune.agent.tensorflow.train;

import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.GraphImporter;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import io.fineprune.agent.tensorflow.graph.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.types.TFloat32;

/**
 * Trains a source model with Adam on cross entropy. The same data, specification and machine yield the same model bit for bit:
 * initial weights (He), order and augmentation come from the seed, and one thread computes.
 */
public final class Trainer {
    private Trainer() {}

    /**
     * Trains from scratch.
     *
     * @param inputs [examples][height * width * channels]
     * @param labels one per example, 0 to classes - 1
     * @throws IllegalArgumentException if numbers of examples, sizes or labels do not fit
     */
    public static TrainingResult train(TrainingSpec spec, float[][] inputs, int[] labels, ProgressListener listener) {
        check(spec, inputs, labels);
        SplittableRandom random = new SplittableRandom(spec.seed());
        BatchNorms norms = new BatchNorms(spec);
        try (AdamGraph adam = new AdamGraph(spec)) {
            adam.initialise(initial(adam.parameters(), random.split()));
            Run run = new Run(spec, inputs, labels, random, adam, norms);
            for (int epoch = 1; epoch <= spec.epochs(); epoch++) {
                run.epoch(epoch, listener);
            }
            Map<String, float[]> parameters = adam.read();
            norms.fold(parameters);
            FrozenModel model = GraphImporter.load(
                    AdamGraph.frozen(spec, parameters).graph().toGraphDef(),
                    TensorRef.of(VggGraph.INPUT),
                    TensorRef.of(VggGraph.POSTERIOR));
            return new TrainingResult(model, run.loss, run.accuracy);
        }
    }

    private static final class Run {
        private static final double LAST_RATE = 0.01;

        private final TrainingSpec spec;
        private final float[][] inputs;
        private final int[] labels;
        private final SplittableRandom random;
        private final AdamGraph adam;
        private final BatchNorms norms;
        private final int batchSize;
        private final int batches;
        private final int[] order;
        private int step;
        private double loss;
        private double accuracy;

        Run(
                TrainingSpec spec,
                float[][] inputs,
                int[] labels,
                SplittableRandom random,
                AdamGraph adam,
                BatchNorms norms) {
            this.spec = spec;
            this.inputs = inputs;
            this.labels = labels;
            this.random = random;
            this.adam = adam;
            this.norms = norms;
            this.batchSize = Math.min(spec.batchSize(), inputs.length);
            this.batches = inputs.length / batchSize;
            this.order = new int[inputs.length];
            for (int i = 0; i < order.length; i++) {
                order[i] = i;
            }
        }

        void epoch(int epoch, ProgressListener listener) {
            for (int i = order.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swapped = order[i];
                order[i] = order[j];
                order[j] = swapped;
            }
            double lossSum = 0;
            int correct = 0;
            float[] logits = new float[batchSize * spec.classes()];
            for (int batch = 0; batch < batches; batch++) {
                double done = (double) step / ((long) batches * spec.epochs());
                double decay = LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + Math.cos(Math.PI * done));
                step++;
                try (TFloat32 values = inputs(batch);
                        TFloat32 oneHot = oneHot(batch)) {
                    lossSum += adam.step(values, oneHot, step, spec.learningRate() * decay, norms, logits);
                }
                correct += correct(batch, logits);
                loss = lossSum / (batch + 1);
                accuracy = (double) correct / ((batch + 1) * (long) batchSize);
                listener.progress(new TrainingProgress(epoch, spec.epochs(), batch + 1, batches, loss, accuracy));
            }
        }

        private TFloat32 inputs(int batch) {
            int size = spec.inputSize();
            float[] values = new float[batchSize * size];
            for (int i = 0; i < batchSize; i++) {
                float[] input = inputs[order[batch * batchSize + i]];
                if (spec.augmentation().isPresent()) {
                    spec.augmentation()
                            .get()
                            .apply(input, spec.height(), spec.width() * spec.channels(), random, values, i * size);
                } else {
                    System.arraycopy(input, 0, values, i * size, size);
                }
            }
            return Tensors.floats(values, batchSize, spec.height(), spec.width(), spec.channels());
        }

        private TFloat32 oneHot(int batch) {
            float[] values = new float[batchSize * spec.classes()];
            for (int i = 0; i < batchSize; i++) {
                values[i * spec.classes() + labels[order[batch * batchSize + i]]] = 1;
            }
            return Tensors.floats(values, batchSize, spec.classes());
        }

        private int correct(int batch, float[] logits) {
            int correct = 0;
            for (int i = 0; i < batchSize; i++) {
                int best = 0;
                for (int c = 1; c < spec.classes(); c++) {
                    if (logits[i * spec.classes() + c] > logits[i * spec.classes() + best]) {
                        best = c;
                    }
                }
                correct += best == labels[order[batch * batchSize + i]] ? 1 : 0;
            }
            return correct;
        }
    }

    /** He's initial weights: deviation sqrt(2 / inputs of a node); biases and beta 0, gamma 1. */
    private static Map<String, float[]> initial(Map<String, int[]> shapes, SplittableRandom random) {
        Map<String, float[]> initial = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> {
            int size = 1;
            for (int dimension : shape) {
                size *= dimension;
            }
            float[] values = new float[size];
            if (name.endsWith("/kernel")) {
                double deviation = Math.sqrt(2.0 * shape[shape.length - 1] / size);
                for (int i = 0; i < size; i++) {
                    values[i] = (float) (deviation * Augmentation.gaussian(random));
                }
            } else if (name.endsWith("/gamma")) {
                java.util.Arrays.fill(values, 1);
            }
            initial.put(name, values);
        });
        return initial;
    }

    private static void check(TrainingSpec spec, float[][] inputs, int[] labels) {
        if (inputs.length < 1 || inputs.length != labels.length) {
            throw new IllegalArgumentException("Expected examples with one label each, found %d examples and %d labels"
                    .formatted(inputs.length, labels.length));
        }
        for (int i = 0; i < inputs.length; i++) {
            if (inputs[i].length != spec.inputSize()) {
                throw new IllegalArgumentException(
                        "Expected %d numbers in example %d, found %d".formatted(spec.inputSize(), i, inputs[i].length));
            }
            if (labels[i] < 0 || labels[i] >= spec.classes()) {
                throw new IllegalArgumentException(
                        "Expected labels 0 to %d, found %d for example %d".formatted(spec.classes() - 1, labels[i], i));
            }
        }
    }
}
