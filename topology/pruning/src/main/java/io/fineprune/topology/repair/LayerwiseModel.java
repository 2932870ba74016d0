package io.fineprune.topology.repair;

import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The source model for those who change it layer by layer. Not safe for several threads; whoever opened it closes it, after
 * its streams.
 */
public interface LayerwiseModel extends AutoCloseable {
    Architecture architecture();

    /** A layer's own weights and biases; biases are zero where the layer has none. */
    LayerParameters source(int layer);

    /** Whether a layer can be refitted: its padding and strides are such that its inputs unfold into patches. */
    boolean refittable(int layer);

    /** Moments of a layer's pre-activations on the data that the source model was trained on, if known. */
    Optional<NodeMoments> sourceMoments(int layer);

    /** Moments of the input's bands on the data that the source model was trained on, if known. */
    Optional<NodeMoments> inputMoments();

    /**
     * Begins a stream.
     *
     * @throws UnusableEventException if an input has another shape than the model's
     */
    LayerStream stream(List<ModelInput> inputs) throws UnusableEventException;

    /**
     * A whole pass in which some layers have other parameters.
     *
     * @param parameters by the layer's index
     * @throws UnusableEventException if an input has another shape than the model's
     */
    Answers answer(List<ModelInput> inputs, Map<Integer, LayerParameters> parameters) throws UnusableEventException;

    @Override
    void close();

    /**
     * What a pass answers.
     *
     * @param features inputs of the last layer
     * @param posterior [events, classes]
     */
    record Answers(Features features, float[] posterior) {}
}
