package io.fineprune.topology.repair;

import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The source model with access to each layer, for repairs. Not safe for several threads; whoever opened it closes it,
 * after its streams.
 */
public interface LayerwiseModel extends AutoCloseable {
    Architecture architecture();

    /** A layer's own weights and biases; biases are zero where the layer has none. */
    LayerParameters source(int layer);

    /** Whether a layer can be refitted: its padding and strides are such that its inputs unfold into patches. */
    boolean refittable(int layer);

    /** Moments of a layer's pre-activations on the data that the source model was trained on, if known. */
    Optional<NodeMoments> sourceMoments(int layer);

    /** Moments of a layer's pre-activations on the source data for each class by itself, if known. */
    Optional<ClassMoments> classMoments(int layer);

    /** How the classes lie among the inputs of the last layer on the source data, if known. */
    Optional<SourceClasses> sourceClasses();

    /**
     * Mean inputs of the last layer for each user and class of the source data, if known.
     *
     * @return [users][classes][inputs]; shared arrays, never written to
     */
    Optional<double[][][]> sourceUsers();

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
     * The results of one forward pass.
     *
     * @param features inputs of the last layer, one row per event
     * @param posterior [events, classes]
     */
    record Answers(Features features, float[] posterior) {}
}
