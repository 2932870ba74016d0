package io.fineprune.agent.tensorflow;

import io.fineprune.agent.model.ModelDescriptor;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.preprocessing.InputBands;
import io.fineprune.agent.preprocessing.Preprocessor;
import io.fineprune.agent.preprocessing.Preprocessors;
import io.fineprune.agent.tensorflow.graph.Constants;
import io.fineprune.agent.tensorflow.graph.FlatGraph;
import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.GraphImporter;
import io.fineprune.agent.tensorflow.graph.ImportOptions;
import io.fineprune.agent.tensorflow.graph.InputTensors;
import io.fineprune.agent.tensorflow.graph.InvalidModelException;
import io.fineprune.agent.tensorflow.graph.Sessions;
import io.fineprune.agent.tensorflow.graph.TensorRef;
import io.fineprune.agent.tensorflow.graph.Tensors;
import io.fineprune.agent.tensorflow.layerwise.SourceStatistics;
import io.fineprune.agent.tensorflow.layerwise.TensorFlowLayerwiseModel;
import io.fineprune.agent.tensorflow.units.Network;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.SourceModel;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import io.fineprune.topology.repair.LayerParameters;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.GraphDef;

/**
 * A source model in one long-lived native session. Every pass has the same shape: {@link #batchSize()} rows, those without an
 * event filled with zeros, and the same outputs, so that an event's row is the same bits whatever its company. Safe for use by
 * several threads; closing frees the session.
 */
public final class TensorFlowModel implements SourceModel {
    /** Rows of a pass, unless the graph takes a fixed number. */
    public static final int DEFAULT_BATCH_SIZE = 32;

    private final FrozenModel model;
    private final Network network;
    private final Architecture architecture;
    private final Preprocessor preprocessor;
    private final int batchSize;
    private final int inputBands;
    private final FlatGraph constants;
    private final GraphDef measured;
    private final Graph graph;
    private final Session session;

    private TensorFlowModel(ModelDescriptor descriptor, FrozenModel model, int batchSize) {
        this.model = model;
        this.network = Network.of(model);
        if (descriptor.labels().size() != model.classes()) {
            throw new InvalidModelException(
                    "Expected %d labels for model %s, since its output has as many classes, found %d"
                            .formatted(
                                    model.classes(),
                                    descriptor.id(),
                                    descriptor.labels().size()));
        }
        this.architecture = network.architecture(descriptor.id(), model.fingerprint(), descriptor.labels());
        this.preprocessor = Preprocessors.create(descriptor.preprocessing(), model.inputShape());
        this.inputBands = InputBands.count(descriptor.preprocessing(), model.inputShape());
        this.batchSize = model.fixedBatch().orElse(batchSize);
        this.constants = FlatGraph.of(model.graph());
        this.measured = TapGraph.of(model, network, this.batchSize).graph();
        this.graph = new Graph();
        try {
            Sessions.load(graph, measured);
            this.session = new Session(graph, Sessions.config());
        } catch (RuntimeException e) {
            graph.close();
            throw e;
        }
    }

    /** Opens a model with the default batch size. */
    public static TensorFlowModel open(ModelDirectory directory) {
        return open(directory, DEFAULT_BATCH_SIZE);
    }

    /**
     * Opens a model. The caller closes it.
     *
     * @param batchSize rows of a pass, at least 1
     */
    public static TensorFlowModel open(ModelDirectory directory, int batchSize) {
        ModelDescriptor descriptor = directory.descriptor();
        ImportOptions options = new ImportOptions(descriptor.signature(), descriptor.input(), descriptor.output());
        return of(descriptor, GraphImporter.load(directory.graph(), options), batchSize);
    }

    /** Opens a model that is in memory. The caller closes it. */
    public static TensorFlowModel of(ModelDescriptor descriptor, FrozenModel model, int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("Expected a batch size of at least 1, found " + batchSize);
        }
        return new TensorFlowModel(descriptor, model, batchSize);
    }

    /** Returns the source graph, without the operations that measure activations. */
    public FrozenModel frozen() {
        return model;
    }

    /** Returns the layers and measured tensors of the graph. */
    public Network network() {
        return network;
    }

    @Override
    public Architecture architecture() {
        return architecture;
    }

    /**
     * Returns the number of bands that input normalisation scales separately: mel bins, colour channels; 0 if the
     * model takes encoded recordings.
     */
    public int inputBands() {
        return inputBands;
    }

    @Override
    public ModelInput prepare(SensorEvent event) throws UnusableEventException {
        return preprocessor.prepare(event);
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public ActivationBatch evaluate(List<ModelInput> inputs) throws UnusableEventException {
        return evaluate(inputs, session);
    }

    /**
     * Like {@link #evaluate}, but with a new graph and session for the pass, as much-copied examples do it. Serves to
     * measure what that costs.
     */
    public ActivationBatch evaluateInNewSession(List<ModelInput> inputs) throws UnusableEventException {
        try (Graph loaded = new Graph()) {
            Sessions.load(loaded, measured);
            try (Session opened = new Session(loaded, Sessions.config())) {
                return evaluate(inputs, opened);
            }
        }
    }

    private ActivationBatch evaluate(List<ModelInput> inputs, Session running) throws UnusableEventException {
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("Expected at least one input");
        }
        int events = inputs.size();
        int taps = network.taps();
        int rows = (events + batchSize - 1) / batchSize * batchSize;
        float[][] sums = new float[3][Math.multiplyExact(rows, taps)];
        float[] posterior = new float[rows * model.classes()];
        for (int from = 0; from < events; from += batchSize) {
            pass(running, inputs.subList(from, Math.min(events, from + batchSize)), from, sums, posterior);
        }
        return new ActivationBatch(events, taps, model.classes(), sums[0], sums[1], sums[2], posterior);
    }

    private void pass(Session running, List<ModelInput> inputs, int row, float[][] sums, float[] posterior)
            throws UnusableEventException {
        TensorRef[] outputs = TapGraph.outputs();
        try (Tensor input = InputTensors.of(model, inputs, batchSize)) {
            Session.Runner runner =
                    running.runner().feed(model.input().node(), model.input().index(), input);
            for (TensorRef output : outputs) {
                runner.fetch(output.node(), output.index());
            }
            runner.fetch(model.posterior().node(), model.posterior().index());
            try (Result result = runner.run()) {
                for (int i = 0; i < outputs.length; i++) {
                    Tensors.read(result.get(i), sums[i], row * network.taps(), batchSize * network.taps());
                }
                Tensors.read(result.get(outputs.length), posterior, row * model.classes(), batchSize * model.classes());
            }
        } catch (TensorFlowException | IllegalArgumentException e) {
            throw new UnusableEventException(
                    Reason.EVALUATION_FAILED,
                    "Expected model %s to take the input, but TensorFlow says: %s"
                            .formatted(architecture.modelId(), e.getMessage()),
                    e);
        }
    }

    @Override
    public float[] weights(int layer) {
        return Constants.floats(constants.node(network.nodes().get(layer).kernel()));
    }

    /** A copy of a layer's biases [nodes], if it has any. */
    public Optional<float[]> biases(int layer) {
        return network.nodes().get(layer).bias().map(name -> Constants.floats(constants.node(name)));
    }

    /** A layer's weights and biases; biases are zero where it has none. */
    public LayerParameters parameters(int layer) {
        return new LayerParameters(
                weights(layer),
                biases(layer)
                        .orElseGet(
                                () -> new float[architecture.layers().get(layer).nodes()]));
    }

    /**
     * The same model for repairs, in a session of its own that the caller closes.
     *
     * @param moments moments on the source data; without them nothing is scaled
     */
    public TensorFlowLayerwiseModel layerwise(Optional<SourceMoments> moments) {
        return new TensorFlowLayerwiseModel(
                architecture,
                model,
                network,
                moments.map(known -> SourceStatistics.of(known, architecture, inputBands))
                        .orElse(SourceStatistics.NONE));
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
