package io.fineprune.agent.tensorflow.layerwise;

import io.fineprune.agent.tensorflow.graph.Tensors;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.LayerKind;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerStream;
import io.fineprune.topology.repair.NodeMoments;
import io.fineprune.topology.repair.NormalEquations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.types.TInt32;

/** Keeps the pre-activations that later layers still need as native tensors, one per batch. */
final class TensorFlowLayerStream implements LayerStream {
    private final TensorFlowLayerwiseModel model;
    private final List<Batch> batches;

    /** One batch of inputs, and the pre-activations computed from them so far, by the layer's index. */
    private record Batch(int events, Tensor input, Map<Integer, Tensor> outputs) {}

    /**
     * Takes the tensors over and closes them.
     *
     * @param inputs one per batch, of the model's fixed shape
     * @param events number of valid rows in each batch
     */
    TensorFlowLayerStream(TensorFlowLayerwiseModel model, List<Tensor> inputs, List<Integer> events) {
        this.model = model;
        this.batches = IntStream.range(0, inputs.size())
                .mapToObj(i -> new Batch(events.get(i), inputs.get(i), new HashMap<>()))
                .toList();
    }

    @Override
    public NodeMoments moments(int layer, LayerParameters parameters) {
        int nodes = model.layer(layer).nodes();
        double[] sum = new double[nodes];
        double[] squares = new double[nodes];
        long rows = 0;
        try (Feeds own = model.feeds(layer, parameters)) {
            for (Batch batch : batches) {
                try (Tensor used = rows(batch.events());
                        Result result = own.into(upstream(batch, layer))
                                .feed(LayerwiseGraph.ROWS, used)
                                .fetch(LayerwiseGraph.sum(layer))
                                .fetch(LayerwiseGraph.squares(layer))
                                .run()) {
                    add(sum, Tensors.floats(result.get(0)));
                    add(squares, Tensors.floats(result.get(1)));
                    rows += batch.events() * model.layer(layer).positions();
                }
            }
        }
        return NodeMoments.ofSums(sum, squares, rows);
    }

    @Override
    public void advance(int layer, LayerParameters parameters) {
        String output = model.plan(layer).output().toString();
        try (Feeds own = model.feeds(layer, parameters)) {
            for (Batch batch : batches) {
                Result result = own.into(upstream(batch, layer)).fetch(output).run();
                batch.outputs().put(layer, result.get(0));
            }
        }
        for (Batch batch : batches) {
            for (int past = 0; past < layer; past++) {
                if (model.plan(past).lastUse() <= layer) {
                    Tensor done = batch.outputs().remove(past);
                    if (done != null) {
                        done.close();
                    }
                }
            }
        }
    }

    @Override
    public List<NormalEquations> equations(int layer, int[] inputs, int[] nodes, LayerStream target) {
        if (!(target instanceof TensorFlowLayerStream other) || other.model != model) {
            throw new IllegalArgumentException("Expected a target stream of the same model");
        }
        Layer described = model.layer(layer);
        boolean depthwise = described.kind() == LayerKind.DEPTHWISE;
        int unfolded = depthwise ? described.kernelSize() : described.kernelSize() * inputs.length;
        List<NormalEquations> problems = new ArrayList<>();
        for (int p = 0; p < (depthwise ? nodes.length : 1); p++) {
            problems.add(new NormalEquations(unfolded, depthwise ? 1 : nodes.length));
        }
        try (Tensor keptInputs = TInt32.vectorOf(inputs);
                Tensor keptNodes = TInt32.vectorOf(nodes)) {
            for (int b = 0; b < batches.size(); b++) {
                Batch batch = batches.get(b);
                Tensor wanted = other.batches.get(b).outputs().get(layer);
                if (wanted == null) {
                    throw new IllegalStateException(
                            "Expected the target stream to have run layer %s".formatted(described.name()));
                }
                Session.Runner runner = upstream(batch, layer);
                try (Tensor used = rows(batch.events())) {
                    runner.feed(LayerwiseGraph.ROWS, used)
                            .feed(LayerwiseGraph.INPUTS, keptInputs)
                            .feed(LayerwiseGraph.NODES, keptNodes)
                            .feed(LayerwiseGraph.target(layer), wanted);
                    LayerwiseGraph.products(layer).forEach(runner::fetch);
                    try (Result result = runner.run()) {
                        collect(problems, result, batch.events() * described.positions());
                    }
                }
            }
        }
        return problems;
    }

    private static void collect(List<NormalEquations> problems, Result result, long rows) {
        float[][] sums = new float[4][];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = Tensors.floats(result.get(i));
        }
        for (int p = 0; p < problems.size(); p++) {
            float[][] part = new float[sums.length][];
            for (int i = 0; i < sums.length; i++) {
                int size = sums[i].length / problems.size();
                part[i] = java.util.Arrays.copyOfRange(sums[i], p * size, (p + 1) * size);
            }
            problems.get(p).add(rows, part[0], part[1], part[2], part[3]);
        }
    }

    /** Prepares a run that starts from the stored pre-activations right above a layer. */
    private Session.Runner upstream(Batch batch, int layer) {
        Session.Runner runner = model.runner();
        LayerPlan plan = model.plan(layer);
        if (plan.readsInput()) {
            runner.feed(model.input(), batch.input());
        }
        for (int feed : plan.feeds()) {
            Tensor stored = batch.outputs().get(feed);
            if (stored == null) {
                throw new IllegalStateException("Expected layer %s to have run before layer %s"
                        .formatted(model.layer(feed).name(), model.layer(layer).name()));
            }
            runner.feed(model.plan(feed).output().toString(), stored);
        }
        return runner;
    }

    private static Tensor rows(int events) {
        return TInt32.tensorOf(StdArrays.ndCopyOf(IntStream.range(0, events).toArray()));
    }

    private static void add(double[] sums, float[] values) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += values[i];
        }
    }

    @Override
    public void close() {
        for (Batch batch : batches) {
            batch.outputs().values().forEach(Tensor::close);
            batch.outputs().clear();
            batch.input().close();
        }
    }
}
