package io.fineprune.topology.lifecycle;

import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.labelling.Vocabulary;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.DiscriminantHead;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.LayerwiseModel.Answers;
import io.fineprune.topology.repair.MaskedLayers;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.repair.Sweep;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Makes pruned models for one user and runs them. For one thread. */
final class Students {
    private final LayerwiseModel model;
    private final Architecture architecture;
    private final Function<PruningPlan, Mask> pruner;
    private final RepairSettings repairs;
    private final Vocabulary vocabulary;

    /** @param pruner makes the mask of a plan for the user */
    Students(LayerwiseModel model, Function<PruningPlan, Mask> pruner, RepairSettings repairs, Vocabulary vocabulary) {
        this.model = model;
        this.architecture = model.architecture();
        this.pruner = pruner;
        this.repairs = repairs;
        this.vocabulary = vocabulary;
    }

    /**
     * The unpruned model that a pruned one is repaired to follow.
     *
     * @param scaled whether that is the source model scaled to the user, rather than as it is
     * @param shares [classes] of each class among the user's events, to scale to; empty: all alike
     */
    record Teacher(boolean scaled, Optional<double[]> shares) {
        static final Teacher SOURCE = new Teacher(false, Optional.empty());
    }

    /**
     * A pruned model with its repairs.
     *
     * @param input what the input goes through first, if anything
     */
    record Student(PruningPlan plan, MaskedLayers masked, Optional<InputScaling> input, Sweep.Repaired swept) {}

    /** Prunes and repairs on some of a user's events. */
    Student prune(PruningPlan plan, Teacher teacher, List<ModelInput> events, Optional<InputScaling> input)
            throws UnusableEventException {
        MaskedLayers masked = new MaskedLayers(architecture, pruner.apply(plan));
        RepairSettings settings = teacher.scaled() ? repairs : repairs.withScalingStrength(0);
        Sweep.Repaired swept = new Sweep(model, settings, teacher.shares()).run(seen(events, input), masked);
        return new Student(plan, masked, input, swept);
    }

    /** Runs a pruned model with its own last layer. */
    Answers answer(Student student, List<ModelInput> events) throws UnusableEventException {
        Map<Integer, LayerParameters> parameters = new HashMap<>(student.swept().student());
        parameters.put(last(), restricted(own(student)));
        return vocabulary.restrict(model.answer(seen(events, student.input()), parameters));
    }

    /** Returns the last layer of a pruned model after its repairs. */
    LayerParameters own(Student student) {
        return Objects.requireNonNull(student.swept().student().get(last()));
    }

    /** The last layer without the classes that the user cannot meet. */
    LayerParameters restricted(LayerParameters layer) {
        if (!vocabulary.declared()) {
            return layer;
        }
        float[] biases = layer.biases().clone();
        for (int c = 0; c < biases.length; c++) {
            if (!vocabulary.allows(c)) {
                biases[c] = DiscriminantHead.ABSENT;
            }
        }
        return new LayerParameters(layer.weights(), biases);
    }

    int last() {
        return architecture.layers().size() - 1;
    }

    private static List<ModelInput> seen(List<ModelInput> events, Optional<InputScaling> input)
            throws UnusableEventException {
        return input.isPresent() ? input.get().apply(events) : events;
    }
}
