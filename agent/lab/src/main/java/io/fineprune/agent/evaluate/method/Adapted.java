package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.repair.DiscriminantHead;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerParameters;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A model for one user. Arrays are shared and never written to.
 *
 * @param parameters by the layer's index; layers that are absent keep the source model's
 * @param input normalisation of the model's input, if any
 * @param prior [classes] by which posteriors are weighted, if the method estimates one
 * @param neighbours events to whose classes answers are drawn, if the method keeps any
 * @param removed shares of the model that were removed
 * @param cost of the adaptation itself
 * @param gate decision of the quality gate, if the method has one
 */
public record Adapted(
        Map<Integer, LayerParameters> parameters,
        Optional<InputScaling> input,
        Optional<double[]> prior,
        Optional<LaplacianAdjustment> neighbours,
        Shares removed,
        Cost cost,
        Optional<GateVerdict> gate) {
    public Adapted {
        parameters = Map.copyOf(parameters);
    }

    /** Creates an adapted model whose answers do not depend on neighbours. */
    public Adapted(
            Map<Integer, LayerParameters> parameters,
            Optional<InputScaling> input,
            Optional<double[]> prior,
            Shares removed,
            Cost cost,
            Optional<GateVerdict> gate) {
        this(parameters, input, prior, Optional.empty(), removed, cost, gate);
    }

    public static Adapted of(Map<Integer, LayerParameters> parameters, Shares removed, Cost cost) {
        return new Adapted(parameters, Optional.empty(), Optional.empty(), removed, cost, Optional.empty());
    }

    /** Tells whether this is the unchanged source model. */
    public boolean asSource() {
        return parameters.isEmpty() && input.isEmpty() && prior.isEmpty() && neighbours.isEmpty();
    }

    /** The same behind an affine on the input. */
    Adapted behind(Optional<InputScaling> scaling) {
        return new Adapted(parameters, scaling, prior, neighbours, removed, cost, gate);
    }

    /** The same, its answers weighted by a class prior. */
    public Adapted withPrior(double[] estimated, Cost more) {
        return new Adapted(parameters, input, Optional.of(estimated), neighbours, removed, cost.then(more), gate);
    }

    /** The same, its answers drawn to those of events that are alike. */
    Adapted beside(LaplacianAdjustment events) {
        return new Adapted(parameters, input, prior, Optional.of(events), removed, cost, gate);
    }

    /** The same, which answers nothing but some classes: the last layer gives all others a bias at which they vanish. */
    Adapted limited(EvaluatedModel bench, Optional<int[]> declared) {
        if (declared.isEmpty()) {
            return this;
        }
        int last = bench.architecture().layers().size() - 1;
        LayerParameters whole = Objects.requireNonNullElseGet(
                parameters.get(last), () -> bench.layerwise().source(last));
        float[] biases = new float[whole.biases().length];
        Arrays.fill(biases, DiscriminantHead.ABSENT);
        for (int c : declared.get()) {
            biases[c] = whole.biases()[c];
        }
        Map<Integer, LayerParameters> limited = new HashMap<>(parameters);
        limited.put(last, new LayerParameters(whole.weights(), biases));
        return new Adapted(limited, input, prior, neighbours, removed, cost, gate);
    }
}
