package io.fineprune.topology.repair;

import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.LayerwiseModel.Answers;
import java.util.ArrayList;
import java.util.List;

/** The views of a user's events that label them: the whole model, scaled to the user in full, by half, and not at all. */
public final class Views {
    private Views() {}

    /**
     * Runs the whole model at each strength. Without source moments, or with a strength of 0, there is nothing but the source
     * model.
     *
     * @param inputs the user's
     * @return what they answer, the source model last
     * @throws UnusableEventException if an input has another shape than the model's
     */
    public static List<Answers> of(LayerwiseModel model, RepairSettings settings, List<ModelInput> inputs)
            throws UnusableEventException {
        List<Answers> views = new ArrayList<>();
        for (double share : new double[] {1, 0.5, 0}) {
            RepairSettings scaled = settings.withScalingStrength(settings.scalingStrength() * share);
            var parameters = new Sweep(model, scaled).teacher(inputs);
            if (!parameters.isEmpty() || share == 0) {
                views.add(model.answer(inputs, parameters));
            }
        }
        return views;
    }
}
