package io.fineprune.agent.tensorflow.layerwise;

import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.InputTensors;
import io.fineprune.agent.tensorflow.graph.Sessions;
import io.fineprune.agent.tensorflow.graph.Tensors;
import io.fineprune.agent.tensorflow.units.LayerNode;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerStream;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.NodeMoments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/** The layerwise form of a frozen model in a session of its own. Closing frees the session. */
public final class TensorFlowLayerwiseModel implements LayerwiseModel {
    private static final int LARGEST_BATCH = 32;
    private static final int NUMBERS_PER_BATCH = 1 << 20;

    private final Architecture architecture;
    private final FrozenModel model;
    private final Network network;
    private final List<LayerPlan> plans;
    private final List<LayerParameters> sources;
    private final Map<Integer, NodeMoments> moments;
    private final Optional<NodeMoments> inputMoments;
    private final int batch;
    private final int featureSize;
    private final Graph graph;
    private final Session session;

    /**
     * Opens a session.
     *
     * @param moments of the pre-activations on the source data by the layer's index; empty if unknown
     * @param inputMoments of the input's bands on the source data, if known
     */
    public TensorFlowLayerwiseModel(
            Architecture architecture,
            FrozenModel model,
            Network network,
            Map<Integer, NodeMoments> moments,
            Optional<NodeMoments> inputMoments) {
        this.architecture = architecture;
        this.model = model;
        this.network = network;
        this.moments = Map.copyOf(moments);
        this.inputMoments = inputMoments;
        int fitting = Math.max(1, NUMBERS_PER_BATCH / Math.max(1, model.inputSize()));
        this.batch = model.encoded() ? 1 : model.fixedBatch().orElse(Math.min(LARGEST_BATCH, fitting));
        FlatGraph flat = model.withBatch(batch);
        this.plans = LayerPlans.of(flat, network.nodes(), model.input());
        this.sources = network.nodes().stream().map(node -> source(flat, node)).toList();
        this.featureSize = architecture.layers().get(plans.size() - 1).inputs();
        this.graph = new Graph();
        try {
            Sessions.load(graph, LayerwiseGraph.of(model, network, plans, batch));
            this.session = new Session(graph, Sessions.config());
        } catch (RuntimeException e) {
            graph.close();
            throw e;
        }
    }

    private static LayerParameters source(FlatGraph flat, LayerNode node) {
        float[] weights = Constants.floats(flat.node(node.kernel()));
        float[] biases =
                node.bias().map(name -> Constants.floats(flat.node(name))).orElseGet(() -> new float[node.nodes()]);
        return new LayerParameters(weights, biases);
    }

    @Override
    public Architecture architecture() {
        return architecture;
    }

    @Override
    public LayerParameters source(int layer) {
        return sources.get(layer);
    }

    @Override
    public boolean refittable(int layer) {
        return plans.get(layer).refittable();
    }

    @Override
    public Optional<NodeMoments> sourceMoments(int layer) {
        return Optional.ofNullable(moments.get(layer));
    }

    @Override
    public Optional<NodeMoments> inputMoments() {
        return inputMoments;
    }

    @Override
    public LayerStream stream(List<ModelInput> inputs) throws UnusableEventException {
        List<Tensor> tensors = new ArrayList<>();
        List<Integer> events = new ArrayList<>();
        try {
            for (List<ModelInput> part : parts(inputs)) {
                tensors.add(InputTensors.of(model, part, batch));
                events.add(part.size());
            }
        } catch (UnusableEventException | RuntimeException e) {
            tensors.forEach(Tensor::close);
            throw e;
        }
        return new TensorFlowLayerStream(this, tensors, events);
    }

    @Override
    public Answers answer(List<ModelInput> inputs, Map<Integer, LayerParameters> parameters)
            throws UnusableEventException {
        int classes = model.classes();
        float[] features = new float[Math.multiplyExact(inputs.size(), featureSize)];
        float[] posterior = new float[inputs.size() * classes];
        int row = 0;
        try (Feeds feeds = new Feeds()) {
            parameters.forEach((layer, changed) -> feed(feeds, layer, changed));
            for (List<ModelInput> part : parts(inputs)) {
                try (Tensor input = InputTensors.of(model, part, batch);
                        Result result = feeds.into(session.runner())
                                .feed(input(), input)
                                .fetch(LayerwiseGraph.features(network).toString())
                                .fetch(model.posterior().toString())
                                .run()) {
                    float[] passed = Tensors.floats(result.get(0));
                    System.arraycopy(passed, 0, features, row * featureSize, part.size() * featureSize);
                    float[] answered = Tensors.floats(result.get(1));
                    System.arraycopy(answered, 0, posterior, row * classes, part.size() * classes);
                }
                row += part.size();
            }
        }
        return new Answers(new Features(inputs.size(), featureSize, features), posterior);
    }

    private List<List<ModelInput>> parts(List<ModelInput> inputs) {
        List<List<ModelInput>> parts = new ArrayList<>();
        for (int from = 0; from < inputs.size(); from += batch) {
            parts.add(inputs.subList(from, Math.min(inputs.size(), from + batch)));
        }
        return parts;
    }

    Feeds feeds(int layer, LayerParameters parameters) {
        Feeds feeds = new Feeds();
        feed(feeds, layer, parameters);
        return feeds;
    }

    private void feed(Feeds feeds, int layer, LayerParameters parameters) {
        LayerNode node = network.nodes().get(layer);
        int[] kernel = node.kernelShape();
        long[] shape = new long[kernel.length];
        for (int i = 0; i < kernel.length; i++) {
            shape[i] = kernel[i];
        }
        feeds.add(node.kernel(), Tensors.floats(parameters.weights(), shape));
        node.bias().ifPresent(name -> feeds.add(name, Tensors.floats(parameters.biases(), parameters.biases().length)));
    }

    Session.Runner runner() {
        return session.runner();
    }

    LayerPlan plan(int layer) {
        return plans.get(layer);
    }

    Layer layer(int layer) {
        return architecture.layers().get(layer);
    }

    String input() {
        return model.input().toString();
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
