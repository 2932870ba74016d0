package io.fineprune.agent.tensorflow;

import io.fineprune.agent.tensorflow.graph.FrozenModel;
import io.fineprune.agent.tensorflow.graph.InputTensors;
import io.fineprune.agent.tensorflow.graph.RandomRecording;
import io.fineprune.agent.tensorflow.graph.Sessions;
import io.fineprune.agent.tensorflow.graph.Tensors;
import io.fineprune.agent.update.DeviceModel;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.util.List;
import java.util.SplittableRandom;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * A model for inference, in a session of its own that is warm when the constructor returns. Safe for use by several threads;
 * closing frees the session and may only happen when no thread uses it any more.
 */
public final class RunnableModel implements DeviceModel {
    private final FrozenModel model;
    private final int batch;
    private final Graph graph = new Graph();
    private final Session session;

    /** Opens a model that takes one input at a time. */
    public RunnableModel(FrozenModel model) {
        this(model, 1);
    }

    /**
     * Opens a model.
     *
     * @param batch rows of every pass, unless the graph takes a fixed number
     */
    public RunnableModel(FrozenModel model, int batch) {
        this.model = model;
        this.batch = model.fixedBatch().orElse(batch);
        try {
            Sessions.load(graph, model.withBatch(this.batch).toGraphDef());
            this.session = new Session(graph, Sessions.config());
        } catch (RuntimeException e) {
            graph.close();
            throw e;
        }
        try {
            warmUp();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Runs a first pass, in which TensorFlow prepares the graph; that takes many times as long as the passes after it.
     */
    private void warmUp() {
        ModelInput input = model.encoded()
                ? new ModelInput.Encoded(RandomRecording.wav(new SplittableRandom(0)))
                : new ModelInput.Values(new float[model.inputSize()]);
        try {
            run(input);
        } catch (UnusableEventException e) {
            throw new IllegalStateException("Expected a model that runs, but: " + e.getMessage(), e);
        }
    }

    @Override
    public float[] run(ModelInput input) throws UnusableEventException {
        return run(List.of(input));
    }

    /**
     * Runs one batch.
     *
     * @param inputs from 1 to as many as the batch has rows
     * @return [inputs, classes] posterior
     * @throws UnusableEventException if the pass fails
     */
    public float[] run(List<ModelInput> inputs) throws UnusableEventException {
        if (inputs.isEmpty() || inputs.size() > batch) {
            throw new IllegalArgumentException("Expected 1 to %d inputs, found %d".formatted(batch, inputs.size()));
        }
        try (Tensor fed = InputTensors.of(model, inputs, batch);
                Result result = session.runner()
                        .feed(model.input().node(), model.input().index(), fed)
                        .fetch(model.posterior().node(), model.posterior().index())
                        .run()) {
            float[] posterior = new float[inputs.size() * model.classes()];
            Tensors.read(result.get(0), posterior, 0, posterior.length);
            return posterior;
        } catch (TensorFlowException e) {
            throw new UnusableEventException(
                    Reason.EVALUATION_FAILED,
                    "Expected the model to take the input, but TensorFlow says: " + e.getMessage(),
                    e);
        }
    }

    /** Returns the graph that this model runs. */
    public FrozenModel frozen() {
        return model;
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
