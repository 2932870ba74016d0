package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.lifecycle.AccuracyJudge.Judgement;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.ClassPrior;
import io.fineprune.topology.repair.DiscriminantHead;
import io.fineprune.topology.repair.Features;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerRepair;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.LayerwiseModel.Answers;
import io.fineprune.topology.repair.MaskedLayers;
import io.fineprune.topology.repair.ModelUpdate;
import io.fineprune.topology.repair.NodeMoments;
import io.fineprune.topology.repair.PseudoLabels;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.repair.Sweep;
import io.fineprune.topology.repair.Views;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * The search for a user's update: the wanted sparsity with a head fitted to the user's events first; where the evidence for
 * that is not clear, the model's own head at less and less sparsity. Used once.
 */
final class Judged {
    private static final double TOLERANCE = 0.01;
    private static final int FEWEST_PER_CLASS = 3;
    private static final double[] STEPS_BACK = {1, 0.75, 0.5, 0.25};
    private static final double[] STEPS_OF_FEW = {1, 0.5};

    private final LayerwiseModel model;
    private final Function<PruningPlan, Mask> pruner;
    private final List<ModelInput> reservoir;
    private final PersonalizationPlan plan;
    private final Architecture architecture;
    private final int classes;

    /** A pruned model, its repairs, and what it answers. */
    private record Candidate(
            PruningPlan plan,
            MaskedLayers masked,
            Optional<InputScaling> input,
            Sweep.Repaired swept,
            Answers answers) {}

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
        RepairSettings repairs = plan.effectiveRepairs();
        Optional<InputScaling> input = input(repairs);
        List<Answers> views = Views.of(model, repairs, reservoir, input);
        PseudoLabels labels = PseudoLabels.of(views, classes, repairs.seed());
        if (plan.gated() && reservoir.size() < FEWEST_PER_CLASS * labels.present().length) {
            return new Personalization.NotEnoughData(
                    "Expected at least %d events for each of %d classes in the reservoir, but was %d in all"
                            .formatted(FEWEST_PER_CLASS, labels.present().length, reservoir.size()));
        }
        AccuracyJudge judge = new AccuracyJudge(labels, answers(views.get(views.size() - 1)));
        // Where a view of the scaled model sees the other classes too, the source model confuses them: they are not
        // absent.
        Optional<int[]> few = !repairs.classPrior() || 2 * labels.present().length > classes
                ? Optional.empty()
                : ClassPrior.labelsOfFew(views.get(views.size() - 1).posterior(), reservoir.size(), classes);
        if (repairs.discriminantHead() && few.isPresent()) {
            Optional<Personalization> ready = ofFew(few.get(), judge, current);
            if (ready.isPresent()) {
                return ready.get();
            }
        }
        Optional<Judgement> best = Optional.empty();
        for (double step : STEPS_BACK) {
            if (repairs.discriminantHead() && step == 1) {
                Candidate candidate = candidate(plan.pruning(), repairs, input);
                LayerParameters own = own(candidate);
                Judgement judgement =
                        judge.judge(judge.crossFitted(candidate.answers().features(), own, classes));
                if (passes(judgement, current)) {
                    return ready(candidate, Optional.of(head(candidate, own, labels)), judgement);
                }
                best = Optional.of(judgement);
            }
            PruningPlan less = plan.pruning().withSparsity(plan.pruning().sparsity() * step);
            Candidate candidate = candidate(less, repairs.withScalingStrength(0), input);
            Judgement judgement = judge.judge(answers(candidate.answers()));
            if (passes(judgement, current)) {
                return ready(candidate, Optional.empty(), judgement);
            }
            if (best.isEmpty() || judgement.least() > best.get().least()) {
                best = Optional.of(judgement);
            }
        }
        Judgement nearest = best.orElseThrow();
        return new Personalization.HeldBack(
                ("Expected an update that is surely no worse than the source model, and estimated no worse than the one in"
                                + " force, but the best gains %.3f with a standard error of %.3f and is estimated at %.3f")
                        .formatted(
                                nearest.gain(),
                                nearest.error(),
                                nearest.accuracy().getValue()),
                Optional.of(nearest.source()));
    }

    /** The accuracy of a given update on these events, none of which it was made from. */
    AccuracyEstimate estimate(ModelUpdate update) throws UnusableEventException {
        RepairSettings repairs = plan.effectiveRepairs();
        List<Answers> views = Views.of(model, repairs, reservoir, input(repairs));
        PseudoLabels labels = PseudoLabels.of(views, classes, repairs.seed());
        AccuracyJudge judge = new AccuracyJudge(labels, answers(views.get(views.size() - 1)));
        MaskedLayers masked = new MaskedLayers(architecture, update.mask());
        Map<Integer, LayerParameters> parameters = new HashMap<>();
        for (int layer = 0; layer < architecture.layers().size(); layer++) {
            parameters.put(layer, masked.parameters(layer, model.source(layer)));
        }
        parameters.putAll(update.parameters(architecture, model::source));
        List<ModelInput> inputs =
                update.input().isPresent() ? update.input().get().apply(reservoir) : reservoir;
        return judge.judge(answers(model.answer(inputs, parameters))).accuracy();
    }

    /**
     * For a user who meets few of the classes: a head for those, fitted to the source model's answers under the user's prior.
     * Neither scaled nor normalised, since what differs from the source data is the mixture of classes. The prior itself is
     * evidence enough to expect a gain, so the judge needs to see no more than that nothing is lost.
     */
    private Optional<Personalization> ofFew(int[] labels, AccuracyJudge judge, Optional<AccuracyEstimate> current)
            throws UnusableEventException {
        for (double step : STEPS_OF_FEW) {
            PruningPlan less = plan.pruning().withSparsity(plan.pruning().sparsity() * step);
            Candidate candidate = candidate(less, plan.effectiveRepairs().withScalingStrength(0), Optional.empty());
            Features features = candidate.answers().features();
            Judgement judgement = judge.judge(AccuracyJudge.crossFitted(
                    features,
                    labels,
                    classes,
                    (known, some) -> DiscriminantHead.fit(known, some, classes).layer()));
            if (!plan.gated() || (judgement.gain() >= -TOLERANCE && noWorseThanInForce(judgement, current))) {
                LayerParameters head =
                        DiscriminantHead.fit(features, labels, classes).layer();
                return Optional.of(ready(candidate, Optional.of(head), judgement));
            }
        }
        return Optional.empty();
    }

    private static boolean noWorseThanInForce(Judgement judgement, Optional<AccuracyEstimate> current) {
        return current.isEmpty()
                || judgement.accuracy().getValue() >= current.get().getValue() - TOLERANCE;
    }

    private boolean passes(Judgement judgement, Optional<AccuracyEstimate> current) {
        return !plan.gated() || (judgement.least() >= -TOLERANCE && noWorseThanInForce(judgement, current));
    }

    private int[] answers(Answers answered) {
        return PseudoLabels.mostLikely(answered.posterior(), reservoir.size(), classes);
    }

    private Optional<InputScaling> input(RepairSettings repairs) throws UnusableEventException {
        Optional<NodeMoments> source = repairs.inputNormalisation() ? model.inputMoments() : Optional.empty();
        return source.isPresent() ? Optional.of(InputScaling.towards(source.get(), reservoir)) : Optional.empty();
    }

    private Candidate candidate(PruningPlan pruning, RepairSettings repairs, Optional<InputScaling> input)
            throws UnusableEventException {
        List<ModelInput> inputs = input.isPresent() ? input.get().apply(reservoir) : reservoir;
        MaskedLayers masked = new MaskedLayers(architecture, pruner.apply(pruning));
        Sweep.Repaired swept = new Sweep(model, repairs).run(inputs, masked);
        return new Candidate(pruning, masked, input, swept, model.answer(inputs, swept.student()));
    }

    private LayerParameters own(Candidate candidate) {
        int last = architecture.layers().size() - 1;
        return Objects.requireNonNull(candidate.swept().student().get(last));
    }

    /** The discriminant and the candidate's own last layer in one. */
    private LayerParameters head(Candidate candidate, LayerParameters own, PseudoLabels labels) {
        Features features = candidate.answers().features();
        return DiscriminantHead.fit(features, labels.labels(), classes).with(own, features);
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

    private Personalization ready(Candidate candidate, Optional<LayerParameters> head, Judgement judgement) {
        Map<Integer, LayerRepair> repairs = new HashMap<>(candidate.swept().repairs());
        head.ifPresent(parameters -> repairs.put(architecture.layers().size() - 1, new LayerRepair.Solved(parameters)));
        return new Personalization.Ready(
                candidate.plan(),
                plan.kind(),
                head.isPresent()
                        ? withWholeHead(candidate.masked().mask())
                        : candidate.masked().mask(),
                repairs,
                candidate.input(),
                Optional.of(judgement.accuracy()),
                Optional.of(judgement.source()));
    }
}
