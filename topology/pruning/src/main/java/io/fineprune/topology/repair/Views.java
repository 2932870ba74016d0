package io.fineprune.topology.repair;

import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.LayerwiseModel.Answers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The views of a user's events that label them: the whole model, scaled to the user in full, by half, and not at all. */
public final class Views {
    private Views() {}

    /**
     * Runs the whole model at each strength. Without source moments, or with a strength of 0, there is nothing but the source
     * model, and the whole model on normalised inputs.
     *
     * @param inputs the user's as they came
     * @param input how they are normalised, if they are: for all views but that of the source model
     * @return what they answer, the source model last
     * @throws UnusableEventException if an input has another shape than the model's
     */
    public static List<Answers> of(
            LayerwiseModel model, RepairSettings settings, List<ModelInput> inputs, Optional<InputScaling> input)
            throws UnusableEventException {
        List<ModelInput> normalised = input.isPresent() ? input.get().apply(inputs) : inputs;
        List<Answers> views = new ArrayList<>();
        for (double share : new double[] {1, 0.5, 0}) {
            RepairSettings scaled = settings.withScalingStrength(settings.scalingStrength() * share);
            List<ModelInput> seen = share == 0 ? inputs : normalised;
            var parameters = new Sweep(model, scaled).teacher(seen);
            if (!parameters.isEmpty() || (share == 1 && input.isPresent()) || share == 0) {
                views.add(model.answer(seen, parameters));
            }
        }
        return views;
    }
}
