package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.ClassPrior;
import io.fineprune.topology.repair.DiscriminantHead;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerRepair;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.LayerwiseModel.Answers;
import io.fineprune.topology.repair.MaskedLayers;
import io.fineprune.topology.repair.PseudoLabels;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.repair.Sweep;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The search for a user's update: the wanted sparsity with a head fitted to the user's clusters first; where that is not
 * estimated good enough, the model's own head at less and less sparsity. Used once.
 */
final class Judged {
    private static final double TOLERANCE = 0.01;
    private static final double[] STEPS_BACK = {1, 0.75, 0.5, 0.25};

    private final LayerwiseModel model;
    private final Function<PruningPlan, Mask> pruner;
    private final List<ModelInput> reservoir;
    private final PersonalizationPlan plan;
    private final Architecture architecture;
    private final int classes;

    /** A pruned model, its repairs, and what it answers. */
    private record Candidate(PruningPlan plan, MaskedLayers masked, Sweep.Repaired swept, Answers answers) {}

    Judged(
            LayerwiseModel model,
            Function<PruningPlan, Mask> pruner,
            List<ModelInput> reservoir,
            PersonalizationPlan plan) {
        this.model = model;
        this.pruner = pruner;
        this.reservoir = reservoir;
        this.plan = plan;
        this.architecture = model.architecture();
        this.classes = architecture.classes();
    }

    Personalization best(Optional<AccuracyEstimate> current) throws UnusableEventException {
        int events = reservoir.size();
        Answers source = model.answer(reservoir, Map.of());
        int[] sourceAnswers = PseudoLabels.mostLikely(source.posterior(), events, classes);
        RepairSettings repairs = plan.effectiveRepairs();
        Candidate wanted = candidate(plan.pruning(), repairs);
        PseudoLabels clusters = clusters(wanted);
        AccuracyJudge judge = new AccuracyJudge(clusters);
        AccuracyEstimate sourceEstimate = judge.independent(sourceAnswers);
        double bar = current.map(AccuracyEstimate::getValue).orElse(sourceEstimate.getValue()) - TOLERANCE;
        double best = -1;
        if (repairs.discriminantHead()) {
            AccuracyEstimate estimate = judge.fitted(wanted.answers().features(), classes);
            if (!plan.gated() || estimate.getValue() >= bar) {
                return ready(wanted, Optional.of(head(wanted, clusters)), estimate, sourceEstimate);
            }
            best = estimate.getValue();
        }
        for (double step : STEPS_BACK) {
            PruningPlan less = plan.pruning().withSparsity(plan.pruning().sparsity() * step);
            Candidate candidate = candidate(less, repairs.withScalingStrength(0));
            int[] answers = PseudoLabels.mostLikely(candidate.answers().posterior(), events, classes);
            AccuracyEstimate estimate = judge.follower(sourceEstimate, sourceAnswers, answers, source.posterior());
            if (!plan.gated() || estimate.getValue() >= bar) {
                return ready(candidate, Optional.empty(), estimate, sourceEstimate);
            }
            best = Math.max(best, estimate.getValue());
        }
        return new Personalization.HeldBack(
                "Expected an estimated accuracy of at least %.3f, but the best candidate has %.3f".formatted(bar, best),
                Optional.of(sourceEstimate));
    }

    private Candidate candidate(PruningPlan pruning, RepairSettings repairs) throws UnusableEventException {
        MaskedLayers masked = new MaskedLayers(architecture, pruner.apply(pruning));
        Sweep.Repaired swept = new Sweep(model, repairs).run(reservoir, masked);
        return new Candidate(pruning, masked, swept, model.answer(reservoir, swept.student()));
    }

    private PseudoLabels clusters(Candidate candidate) throws UnusableEventException {
        Answers teacher = model.answer(reservoir, candidate.swept().teacher());
        int[] present = ClassPrior.present(ClassPrior.estimate(teacher.posterior(), reservoir.size(), classes));
        return PseudoLabels.vote(
                teacher.features(),
                teacher.posterior(),
                classes,
                present,
                plan.repairs().seed());
    }

    /** The discriminant in place of the last layer. */
    private LayerParameters head(Candidate candidate, PseudoLabels clusters) {
        DiscriminantHead head = DiscriminantHead.fit(candidate.answers().features(), clusters.labels(), classes);
        return new LayerParameters(head.weights(), head.bias());
    }

    /** A head that was fitted has all its weights. */
    private Mask withWholeHead(Mask mask) {
        int last = architecture.layers().size() - 1;
        if (mask.granularity() == Granularity.GRANULARITY_NODE) {
            return mask;
        }
        List<BitSet> layers = mask.layers();
        layers.get(last).set(0, architecture.layers().get(last).weights());
        return new Mask(mask.granularity(), layers);
    }

    private Personalization ready(
            Candidate candidate, Optional<LayerParameters> head, AccuracyEstimate estimate, AccuracyEstimate source) {
        Map<Integer, LayerRepair> repairs = new HashMap<>(candidate.swept().repairs());
        head.ifPresent(parameters -> repairs.put(architecture.layers().size() - 1, new LayerRepair.Solved(parameters)));
        return new Personalization.Ready(
                candidate.plan(),
                plan.kind(),
                head.isPresent()
                        ? withWholeHead(candidate.masked().mask())
                        : candidate.masked().mask(),
                repairs,
                Optional.of(estimate),
                Optional.of(source));
    }
}
