package io.fineprune.topology.testing;

import io.fineprune.schemas.serde.LittleEndian;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.SourceModel;
import io.fineprune.topology.activation.UnitGroup;
import io.fineprune.topology.activation.UnusableEventException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A dense net in plain Java, with real weights and activations: ReLU between the layers, softmax at the end. */
public final class TinyNet implements SourceModel {
    private final Architecture architecture;
    private final int[] widths;
    private final float[][] weights;
    private final int batchSize;
    private final AtomicInteger passes = new AtomicInteger();
    private final AtomicLong rows = new AtomicLong();

    /** @param widths values of the input, of each hidden layer, and classes */
    public TinyNet(String id, long seed, int batchSize, int... widths) {
        this.widths = widths.clone();
        this.batchSize = batchSize;
        this.weights = new float[widths.length - 1][];
        Random random = new Random(seed);
        List<Layer> layers = new ArrayList<>();
        List<UnitGroup> groups = new ArrayList<>();
        int unit = 0;
        int tap = widths[0];
        for (int l = 0; l < weights.length; l++) {
            int inputs = widths[l];
            int nodes = widths[l + 1];
            boolean last = l == weights.length - 1;
            weights[l] = new float[inputs * nodes];
            for (int w = 0; w < weights[l].length; w++) {
                weights[l][w] = (float) random.nextGaussian();
            }
            layers.add(new Layer(
                    "dense_" + l,
                    LayerKind.DENSE,
                    nodes,
                    inputs,
                    1,
                    1,
                    false,
                    tap,
                    last ? filled(nodes) : range(unit, nodes),
                    l == 0 ? filled(inputs) : range(unit - inputs, inputs),
                    range(tap - inputs, inputs),
                    last ? Optional.of("the output layer") : Optional.empty()));
            if (!last) {
                groups.add(new UnitGroup("dense_" + l, unit, nodes, List.of(l)));
                unit += nodes;
            }
            tap += nodes;
        }
        List<String> labels = new ArrayList<>();
        for (int c = 0; c < widths[widths.length - 1]; c++) {
            labels.add("class " + c);
        }
        this.architecture = new Architecture(id, "%064x".formatted(seed), layers, groups, tap, labels);
    }

    @Override
    public Architecture architecture() {
        return architecture;
    }

    @Override
    public ModelInput prepare(SensorEvent event) throws UnusableEventException {
        if (!event.hasFeatures() || event.getFeatures().getShapeList().size() != 1) {
            throw new UnusableEventException(
                    UnusableEventException.Reason.WRONG_SHAPE,
                    "Expected features of shape [%d], but was %s".formatted(widths[0], event.getPayloadCase()));
        }
        int length = event.getFeatures().getShape(0);
        if (length != widths[0]) {
            throw new UnusableEventException(
                    UnusableEventException.Reason.WRONG_SHAPE,
                    "Expected features of shape [%d], but was [%d]".formatted(widths[0], length));
        }
        return new ModelInput.Values(
                LittleEndian.toFloats("features", event.getFeatures().getValues(), length));
    }

    @Override
    public ActivationBatch evaluate(List<ModelInput> inputs) throws UnusableEventException {
        passes.incrementAndGet();
        rows.addAndGet(inputs.size());
        int taps = architecture.taps();
        int classes = architecture.classes();
        ActivationBatch batch = new ActivationBatch(
                inputs.size(),
                taps,
                classes,
                new float[inputs.size() * taps],
                new float[inputs.size() * taps],
                new float[inputs.size() * taps],
                new float[inputs.size() * classes]);
        for (int e = 0; e < inputs.size(); e++) {
            float[] activations = activations(((ModelInput.Values) inputs.get(e)).values());
            for (int t = 0; t < taps; t++) {
                float a = activations[t];
                batch.absolute()[e * taps + t] = Math.abs(a);
                batch.linear()[e * taps + t] = a;
                batch.squared()[e * taps + t] = a * a;
                if (!Float.isFinite(a * a)) {
                    throw new UnusableEventException(
                            UnusableEventException.Reason.EVALUATION_FAILED, "Expected finite activations");
                }
            }
            System.arraycopy(activations, taps - classes, batch.posterior(), e * classes, classes);
        }
        return batch;
    }

    /** [taps] of one event: the input, then each layer after its activation function. */
    public float[] activations(float[] input) {
        float[] all = Arrays.copyOf(input, architecture.taps());
        int from = 0;
        int to = widths[0];
        for (int l = 0; l < weights.length; l++) {
            int nodes = widths[l + 1];
            for (int n = 0; n < nodes; n++) {
                float sum = 0;
                for (int i = 0; i < widths[l]; i++) {
                    sum += all[from + i] * weights[l][i * nodes + n];
                }
                all[to + n] = l < weights.length - 1 ? Math.max(0, sum) : sum;
            }
            from = to;
            to += nodes;
        }
        softmax(all, from, to);
        return all;
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public float[] weights(int layer) {
        return weights[layer].clone();
    }

    @Override
    public void close() {}

    /** Forward passes run by now. */
    public int passes() {
        return passes.get();
    }

    /** Events that went through forward passes by now. */
    public long rows() {
        return rows.get();
    }

    private static void softmax(float[] values, int from, int to) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            max = Math.max(max, values[i]);
        }
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += Math.exp(values[i] - max);
        }
        for (int i = from; i < to; i++) {
            values[i] = (float) (Math.exp(values[i] - max) / sum);
        }
    }

    private static int[] range(int from, int length) {
        int[] range = new int[length];
        Arrays.setAll(range, i -> from + i);
        return range;
    }

    private static int[] filled(int length) {
        int[] none = new int[length];
        Arrays.fill(none, -1);
        return none;
    }
}
