package io.fineprune.agent.evaluate.method;

import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerParameters;
import java.util.Map;
import java.util.Optional;

/**
 * A model for one user. Arrays are shared and never written to.
 *
 * @param parameters by the layer's index; layers that are absent keep the source model's
 * @param input what the input goes through first, if anything
 * @param prior [classes] by which posteriors are weighted, if the method estimates one
 * @param removed what it does without
 * @param cost of the adaptation itself
 * @param gate what the quality gate said, if there is one
 */
public record Adapted(
        Map<Integer, LayerParameters> parameters,
        Optional<InputScaling> input,
        Optional<double[]> prior,
        Shares removed,
        Cost cost,
        Optional<GateVerdict> gate) {
    public Adapted {
        parameters = Map.copyOf(parameters);
    }

    public static Adapted of(Map<Integer, LayerParameters> parameters, Shares removed, Cost cost) {
        return new Adapted(parameters, Optional.empty(), Optional.empty(), removed, cost, Optional.empty());
    }

    /** The same behind an affine on the input. */
    Adapted behind(Optional<InputScaling> scaling) {
        return new Adapted(parameters, scaling, prior, removed, cost, gate);
    }

    /** The same, its answers weighted by a class prior. */
    public Adapted withPrior(double[] estimated, Cost more) {
        return new Adapted(parameters, input, Optional.of(estimated), removed, cost.then(more), gate);
    }
}
