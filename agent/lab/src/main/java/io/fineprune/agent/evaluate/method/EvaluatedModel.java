package io.fineprune.agent.evaluate.method;

import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.train.FineTuner;
import io.fineprune.agent.tensorflow.train.LayerForm;
import io.fineprune.agent.tensorflow.train.Loss;
import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.labelling.Labelling;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PrunableModel;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.MaskedLayers;
import io.fineprune.topology.repair.NodeMoments;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.sums.ActivationSums;
import io.fineprune.topology.sums.SumsAccumulator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source model with all that methods run on it, opened once and used for many adaptations. For one thread; closing frees the
 * sessions, the model's own included.
 */
public final class EvaluatedModel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EvaluatedModel.class);

    private final TensorFlowModel model;
    private final LayerwiseModel layerwise;
    private final PrunableModel prunable;
    private final CostModel costs;
    private final Map<String, Double> layerLimits;
    private final Map<String, Object> remembered = new HashMap<>();
    private @Nullable List<ModelInput> observedInputs;
    private @Nullable Observation observed;

    /**
     * Opens the sessions.
     *
     * @param model taken over
     * @param moments of its nodes on the source data; empty if unknown: then nothing is scaled
     */
    public EvaluatedModel(TensorFlowModel model, Optional<SourceMoments> moments) {
        this(model, moments, Map.of());
    }

    /**
     * Opens the sessions.
     *
     * @param model taken over
     * @param moments of its nodes on the source data; empty if unknown: then nothing is scaled
     * @param layerLimits by a layer's name, the largest share of it that methods which prune by activations remove
     */
    public EvaluatedModel(TensorFlowModel model, Optional<SourceMoments> moments, Map<String, Double> layerLimits) {
        this.layerLimits = Map.copyOf(layerLimits);
        this.model = model;
        this.layerwise = model.layerwise(moments);
        this.prunable = PrunableModel.of(model);
        this.costs = new CostModel(model.architecture(), model.frozen().inputSize());
    }

    public Architecture architecture() {
        return model.architecture();
    }

    public TensorFlowModel model() {
        return model;
    }

    public LayerwiseModel layerwise() {
        return layerwise;
    }

    public PrunableModel prunable() {
        return prunable;
    }

    /** By a layer's name, the largest share of it that is removed. */
    Map<String, Double> layerLimits() {
        return layerLimits;
    }

    public CostModel costs() {
        return costs;
    }

    /** Creates a fine-tuner of the model in the given forms. The caller closes it. */
    FineTuner tuner(Map<Integer, LayerForm> forms, Loss loss) {
        return new FineTuner(model.frozen(), model.network(), forms, loss);
    }

    /**
     * Returns the cached result of a computation that needs no events, so that it is made once for all users of a
     * model.
     */
    @SuppressWarnings("unchecked")
    <T> T remember(String key, Supplier<T> maker) {
        Object kept = remembered.get(key);
        if (kept == null) {
            kept = maker.get();
            remembered.put(key, kept);
        }
        return (T) kept;
    }

    /**
     * Runs the source model over a stream as the topology does: in micro-batches, each event's row added by itself, in order. The
     * last stream's sums are kept, since many methods ask for them.
     */
    public Observation observe(UserStream stream) throws UnusableEventException {
        Observation known = observed;
        if (known != null && stream.inputs().equals(observedInputs)) {
            return known;
        }
        int classes = architecture().classes();
        SumsAccumulator sums = SumsAccumulator.empty(architecture());
        float[] posterior = new float[stream.events() * classes];
        for (int from = 0; from < stream.events(); from += model.batchSize()) {
            List<ModelInput> part = stream.inputs().subList(from, Math.min(stream.events(), from + model.batchSize()));
            ActivationBatch batch = model.evaluate(part);
            for (int e = 0; e < part.size(); e++) {
                sums.add(batch, e, from + e + 1L);
            }
            System.arraycopy(batch.posterior(), 0, posterior, from * classes, part.size() * classes);
        }
        Observation made = new Observation(sums.snapshot(), posterior, stream.events());
        observed = made;
        observedInputs = stream.inputs();
        return made;
    }

    /** Runs an adapted model; returns the class that it answers for each input. */
    public int[] classify(Adapted adapted, List<ModelInput> inputs) throws UnusableEventException {
        List<ModelInput> seen =
                adapted.input().isPresent() ? adapted.input().get().apply(inputs) : inputs;
        LayerwiseModel.Answers answers = layerwise.answer(seen, adapted.parameters());
        float[] posterior = answers.posterior();
        int classes = architecture().classes();
        adapted.neighbours().ifPresent(neighbours -> neighbours.adjust(answers.features(), posterior));
        Optional<double[]> prior = adapted.prior();
        if (prior.isPresent()) {
            for (int i = 0; i < posterior.length; i++) {
                posterior[i] *= (float) prior.get()[i % classes];
            }
        }
        return Labelling.answers(answers, classes);
    }

    /** How a user's inputs are normalised, where that is wanted and the source's moments are known. */
    Optional<InputScaling> input(RepairSettings settings, List<ModelInput> inputs) throws UnusableEventException {
        if (!settings.inputNormalisation()) {
            return Optional.empty();
        }
        Optional<NodeMoments> moments = layerwise.inputMoments();
        if (moments.isEmpty()) {
            remember("no moments of the input", this::warn);
            return Optional.empty();
        }
        return Optional.of(InputScaling.towards(moments.get(), inputs));
    }

    private boolean warn() {
        LOG.warn(
                "Model {} has no moments of its input's bands, so inputs are not normalised; write them with \"fineprune"
                        + " calibrate\"",
                architecture().modelId());
        return true;
    }

    /** The source model's parameters of all layers. */
    Map<Integer, LayerParameters> source() {
        Map<Integer, LayerParameters> source = new HashMap<>();
        for (int l = 0; l < architecture().layers().size(); l++) {
            source.put(l, layerwise.source(l));
        }
        return source;
    }

    /** The source model's parameters of all layers with zeros for what a mask removes. */
    Map<Integer, LayerParameters> masked(Mask mask) {
        return masked(mask, source());
    }

    /** Parameters of all layers with zeros for what a mask removes. */
    Map<Integer, LayerParameters> masked(Mask mask, Map<Integer, LayerParameters> whole) {
        MaskedLayers layers = new MaskedLayers(architecture(), mask);
        Map<Integer, LayerParameters> masked = new HashMap<>();
        whole.forEach((index, parameters) -> masked.put(index, layers.parameters(index, parameters)));
        return masked;
    }

    @Override
    public void close() {
        layerwise.close();
        model.close();
    }

    /**
     * Sums and posteriors of the source model over a user's events. The array is shared and never written to.
     *
     * @param sums the running sums after all events
     * @param posterior [events, classes] of the source model
     * @param events rows
     */
    public record Observation(ActivationSums sums, float[] posterior, int events) {}
}
