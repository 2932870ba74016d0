package io.fineprune.topology.labelling;

import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.LayerwiseModel.Answers;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.repair.Sweep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Posteriors of several forms of the source model for the same events of a user. Classes that one form confuses
 * another may separate.
 *
 * @param source the source model as it is
 * @param mixed the source model scaled to the user's mixture of the classes; empty without moments for each class
 * @param uniform the source model scaled as if the user met all classes alike, in full and by half; empty without source moments
 * @param shares [classes] mean posterior of the source model over the events
 */
public record ModelViews(Answers source, Optional<Answers> mixed, List<Answers> uniform, double[] shares) {
    public ModelViews {
        uniform = List.copyOf(uniform);
    }

    /**
     * Runs the whole model in each form.
     *
     * @param inputs the user's as they came
     * @param input how they are normalised, if they are: for all views but that of the source model
     * @param vocabulary the classes that the user can meet: the posteriors of all others become 0
     * @throws UnusableEventException if an input has another shape than the model's
     */
    public static ModelViews of(
            LayerwiseModel model,
            RepairSettings settings,
            List<ModelInput> inputs,
            Optional<InputScaling> input,
            Vocabulary vocabulary)
            throws UnusableEventException {
        Answers source = vocabulary.restrict(model.answer(inputs, Map.of()));
        double[] shares = meanPosterior(List.of(source));
        List<ModelInput> normalised = input.isPresent() ? input.get().apply(inputs) : inputs;
        Optional<Answers> mixed = Optional.empty();
        List<Answers> uniform = new ArrayList<>();
        if (settings.scalingStrength() > 0 && model.sourceMoments(0).isPresent()) {
            if (model.classMoments(0).isPresent()) {
                mixed = Optional.of(vocabulary.restrict(
                        model.answer(normalised, new Sweep(model, settings, Optional.of(shares)).teacher(normalised))));
            }
            for (double share : new double[] {1, 0.5}) {
                RepairSettings scaled = settings.withScalingStrength(settings.scalingStrength() * share);
                uniform.add(
                        vocabulary.restrict(model.answer(normalised, new Sweep(model, scaled).teacher(normalised))));
            }
        } else if (input.isPresent()) {
            uniform.add(vocabulary.restrict(model.answer(normalised, Map.of())));
        }
        return new ModelViews(source, mixed, uniform, shares);
    }

    /** The view of the model that a user's pruned model is to stand in for: scaled to the user where that is possible. */
    public Answers teacher() {
        return mixed.orElse(source);
    }

    /** Returns all views, the source model's first. */
    List<Answers> all() {
        List<Answers> all = new ArrayList<>();
        all.add(source);
        mixed.ifPresent(all::add);
        all.addAll(uniform);
        return all;
    }

    int events() {
        return source.features().events();
    }

    int classes() {
        return shares.length;
    }

    /** Returns [classes]: the posterior averaged over events and views. */
    static double[] meanPosterior(List<Answers> views) {
        int events = views.get(0).features().events();
        int classes = views.get(0).posterior().length / Math.max(1, events);
        double[] mean = new double[classes];
        for (Answers view : views) {
            for (int i = 0; i < view.posterior().length; i++) {
                mean[i % classes] += view.posterior()[i] / ((double) events * views.size());
            }
        }
        return mean;
    }
}
