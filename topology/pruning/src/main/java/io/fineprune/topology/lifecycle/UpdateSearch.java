package io.fineprune.topology.lifecycle;

import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.GainEstimate;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.ReasonCode;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.labelling.ClassPrior;
import io.fineprune.topology.labelling.Labelling;
import io.fineprune.topology.labelling.ModelViews;
import io.fineprune.topology.labelling.SourceUsers;
import io.fineprune.topology.labelling.Vocabulary;
import io.fineprune.topology.lifecycle.GainJudge.Judgement;
import io.fineprune.topology.lifecycle.Personalization.Grounds;
import io.fineprune.topology.lifecycle.Students.Student;
import io.fineprune.topology.lifecycle.Students.Teacher;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.HeadFit;
import io.fineprune.topology.repair.InputScaling;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerRepair;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.LayerwiseModel.Answers;
import io.fineprune.topology.repair.MaskedLayers;
import io.fineprune.topology.repair.ModelUpdate;
import io.fineprune.topology.repair.NodeMoments;
import io.fineprune.topology.repair.RepairSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The search for a user's update. First candidates that may be more accurate than the source model, at the wanted sparsity: one of
 * them is published if it is probably no worse. Otherwise a smaller model that provably answers nearly as the source model does.
 * Used once.
 */
final class UpdateSearch {
    private static final int FEWEST_PER_CLASS = 3;
    private static final Why ALL_ALIKE = new Why(
            ReasonCode.REASON_CODE_ALL_ALIKE,
            "All of the user's events look alike; an update needs at least two classes");

    /** Of a model with more classes than this a user is not asked for events of all of them. */
    private static final int MOST_CLASSES_ASKED = 10;

    private final LayerwiseModel model;
    private final List<ModelInput> reservoir;
    private final PersonalizationPlan plan;
    private final RepairSettings repairs;
    private final Architecture architecture;
    private final int classes;
    private final Vocabulary vocabulary;
    private final Optional<SourceUsers> users;
    private final Students students;
    private List<Integer> met = List.of();

    /** A pruned model with a last layer, what that answers to events that it was not fitted to, and what is thought of it. */
    private record Candidate(Student student, Optional<LayerParameters> head, Judgement judgement) {}

    UpdateSearch(
            LayerwiseModel model,
            Function<PruningPlan, Mask> pruner,
            List<ModelInput> reservoir,
            PersonalizationPlan plan) {
        this.model = model;
        this.reservoir = reservoir;
        this.plan = plan;
        this.repairs = plan.effectiveRepairs();
        this.architecture = model.architecture();
        this.classes = architecture.classes();
        this.vocabulary = Vocabulary.of(architecture.labels(), repairs.classes());
        this.users = SourceUsers.of(model);
        this.students = new Students(model, pruner, repairs, vocabulary);
    }

    Personalization best(Optional<AccuracyEstimate> current) throws UnusableEventException {
        Optional<InputScaling> input = input();
        ModelViews views = ModelViews.of(model, repairs, reservoir, input, vocabulary);
        int[] source = Labelling.answers(views.source(), classes);
        Optional<Labelling> labelling = Labelling.of(views, vocabulary, users);
        Optional<Why> missing = missing(labelling);
        met = met(labelling, missing);
        Optional<Candidate> best = Optional.empty();
        if (labelling.isPresent() && (missing.isEmpty() || !plan.gated())) {
            GainJudge judge = new GainJudge(labelling.get(), source, classes, repairs.seed());
            best = best(candidates(views, labelling.get(), judge, input));
            if (best.isPresent() && passes(best.get().judgement(), current)) {
                return ready(best.get());
            }
        } else if (!plan.gated()) {
            Student student = students.prune(plan.pruning(), teacher(views), reservoir, input);
            return ready(student, restrictedHead(student), Grounds.UNJUDGED, Optional.empty(), 0);
        }
        Optional<Judgement> judged = best.map(Candidate::judgement);
        if (judged.isEmpty() || noWorseThanInForce(judged.get().source(), current)) {
            Optional<BoundSearch.Found> found = new BoundSearch(
                            students, reservoir, source, classes, plan.gate().disagreement())
                    .smallest(plan.pruning());
            if (found.isPresent()) {
                Student student = found.get().student();
                return ready(
                        student,
                        restrictedHead(student),
                        Grounds.BOUND,
                        judged,
                        found.get().disagreement());
            }
        }
        if (vocabulary.declared()) {
            return declared(judged);
        }
        if (missing.isPresent() || best.isEmpty()) {
            return new Personalization.NotEnoughData(missing.orElse(ALL_ALIKE), true);
        }
        return heldBack(best.get().judgement(), current);
    }

    private Personalization heldBack(Judgement best, Optional<AccuracyEstimate> current) {
        boolean sure = best.probability() >= plan.gate().confidence();
        return new Personalization.HeldBack(
                sure && current.isPresent()
                        ? Refusals.worse(best.accuracy(), current.get())
                        : Refusals.unsure(
                                best.gain(),
                                best.least(),
                                best.probability(),
                                plan.gate().confidence()),
                Optional.of(best.source()),
                best.accuracy(),
                GainEstimate.newBuilder()
                        .setValue(best.gain())
                        .setLeast(Math.min(best.gain(), best.least()))
                        .build(),
                met);
    }

    /** The classes that the events hold, if that is known and worth watching: who declares classes meets no others. */
    private List<Integer> met(Optional<Labelling> labelling, Optional<Why> missing) {
        return labelling.isEmpty() || missing.isPresent() || vocabulary.declared()
                ? List.of()
                : Arrays.stream(labelling.get().names()).sorted().boxed().toList();
    }

    /** The accuracy of a given update on these events, none of which it was made from; empty if there is too little to say. */
    Optional<AccuracyEstimate> estimate(ModelUpdate update) throws UnusableEventException {
        ModelViews views = ModelViews.of(model, repairs, reservoir, input(), vocabulary);
        Optional<Labelling> labelling = Labelling.of(views, vocabulary, users);
        if (labelling.isEmpty() || missing(labelling).isPresent()) {
            return Optional.empty();
        }
        GainJudge judge =
                new GainJudge(labelling.get(), Labelling.answers(views.source(), classes), classes, repairs.seed());
        MaskedLayers masked = new MaskedLayers(architecture, update.mask());
        Map<Integer, LayerParameters> parameters = new HashMap<>();
        for (int layer = 0; layer < architecture.layers().size(); layer++) {
            parameters.put(layer, masked.parameters(layer, model.source(layer)));
        }
        parameters.putAll(update.parameters(architecture, model::source));
        List<ModelInput> inputs =
                update.input().isPresent() ? update.input().get().apply(reservoir) : reservoir;
        int[] answers = Labelling.answers(model.answer(inputs, parameters), classes);
        return Optional.of(judge.judge(answers).accuracy());
    }

    /** Why the events say too little about classes, if they do. */
    private Optional<Why> missing(Optional<Labelling> labelling) {
        int wanted = FEWEST_PER_CLASS * Math.min(vocabulary.size(), MOST_CLASSES_ASKED);
        if (reservoir.size() < wanted) {
            return Optional.of(new Why(
                    ReasonCode.REASON_CODE_TOO_FEW_EVENTS,
                    "Too few events: %d are kept of the user, and %d are needed to judge an update of %d classes"
                            .formatted(reservoir.size(), wanted, vocabulary.size())));
        }
        if (labelling.isEmpty()) {
            return Optional.of(ALL_ALIKE);
        }
        int smallest = Arrays.stream(labelling.get().sizes()).min().orElse(0);
        return smallest >= FEWEST_PER_CLASS
                ? Optional.empty()
                : Optional.of(new Why(
                        ReasonCode.REASON_CODE_TOO_FEW_EVENTS,
                        "Too few events of one class: %d, and %d of each class that the user meets are needed"
                                .formatted(smallest, FEWEST_PER_CLASS)));
    }

    private Teacher teacher(ModelViews views) {
        boolean scaled = views.mixed().isPresent() || plan.kind() == UpdateKind.UPDATE_KIND_MASK;
        return new Teacher(scaled, views.mixed().map(mixed -> views.shares()));
    }

    private List<Candidate> candidates(
            ModelViews views, Labelling labelling, GainJudge judge, Optional<InputScaling> input)
            throws UnusableEventException {
        List<Candidate> candidates = new ArrayList<>();
        Student scaled = students.prune(plan.pruning(), teacher(views), reservoir, input);
        Answers answers = students.answer(scaled, reservoir);
        if (repairs.discriminantHead()) {
            HeadFit fit = HeadFit.toLabels(answers.features(), labelling.labels(), frame(scaled));
            candidates.add(new Candidate(scaled, Optional.of(fit.head()), judge.judge(fit.answers())));
        }
        if (repairs.discriminantHead() && repairs.classPrior()) {
            candidates.add(underPrior(scaled, answers, judge));
        }
        candidates.add(new Candidate(scaled, restrictedHead(scaled), judge.judge(Labelling.answers(answers, classes))));
        boolean few = 2 * labelling.names().length <= vocabulary.size();
        if (few
                && repairs.discriminantHead()
                && repairs.classPrior()
                && teacher(views).scaled()) {
            Student plain = students.prune(plan.pruning(), Teacher.SOURCE, reservoir, Optional.empty());
            candidates.add(underPrior(plain, students.answer(plain, reservoir), judge));
        }
        return candidates;
    }

    /** The student's own last layer under the prior that its own answers yield. */
    private Candidate underPrior(Student student, Answers answers, GainJudge judge) {
        double[] prior = ClassPrior.mostLikely(answers.posterior(), reservoir.size(), classes);
        HeadFit fit = HeadFit.toPrior(answers.features(), prior, frame(student));
        return new Candidate(student, Optional.of(fit.head()), judge.judge(fit.answers()));
    }

    private HeadFit.Frame frame(Student student) {
        boolean[] answerable = new boolean[classes];
        for (int c = 0; c < classes; c++) {
            answerable[c] = vocabulary.allows(c) && (repairs.open() || vocabulary.declared());
        }
        return new HeadFit.Frame(
                classes,
                answerable,
                students.own(student),
                student.masked().inputs(students.last()),
                model.sourceClasses());
    }

    /** The candidate with the largest expected gain, the first of equals. */
    private static Optional<Candidate> best(List<Candidate> candidates) {
        Optional<Candidate> best = Optional.empty();
        for (Candidate candidate : candidates) {
            if (best.isEmpty()
                    || candidate.judgement().gain() > best.get().judgement().gain()) {
                best = Optional.of(candidate);
            }
        }
        return best;
    }

    private static boolean noWorseThanInForce(AccuracyEstimate estimate, Optional<AccuracyEstimate> current) {
        return current.isEmpty() || estimate.getValue() >= current.get().getValue() - GainJudge.TOLERANCE;
    }

    private boolean passes(Judgement judgement, Optional<AccuracyEstimate> current) {
        return !plan.gated()
                || (judgement.probability() >= plan.gate().confidence()
                        && noWorseThanInForce(judgement.accuracy(), current));
    }

    private Optional<InputScaling> input() throws UnusableEventException {
        Optional<NodeMoments> source = repairs.inputNormalisation() ? model.inputMoments() : Optional.empty();
        return source.isPresent() ? Optional.of(InputScaling.towards(source.get(), reservoir)) : Optional.empty();
    }

    private Optional<LayerParameters> restrictedHead(Student student) {
        return vocabulary.declared() ? Optional.of(students.restricted(students.own(student))) : Optional.empty();
    }

    /** The whole source model without the classes that the user cannot meet. */
    private Personalization declared(Optional<Judgement> judged) {
        BitSet units = new BitSet();
        units.set(0, architecture.units());
        int last = students.last();
        return new Personalization.Ready(
                plan.pruning().withSparsity(0),
                plan.kind(),
                Mask.ofUnits(architecture, units),
                Map.of(last, new LayerRepair.Solved(students.restricted(model.source(last)))),
                Optional.empty(),
                judged.map(Judgement::source),
                judged.map(Judgement::source),
                Grounds.DECLARED,
                judged.map(Judgement::probability),
                met);
    }

    private Personalization ready(Candidate candidate) {
        return ready(
                candidate.student(),
                candidate.head(),
                plan.gated() ? Grounds.GAIN : Grounds.UNJUDGED,
                Optional.of(candidate.judgement()),
                0);
    }

    private Personalization ready(
            Student student,
            Optional<LayerParameters> head,
            Grounds grounds,
            Optional<Judgement> judged,
            double disagreement) {
        Map<Integer, LayerRepair> changed = new HashMap<>(student.swept().repairs());
        head.ifPresent(parameters -> changed.put(students.last(), new LayerRepair.Solved(parameters)));
        Mask mask = student.masked().mask();
        return new Personalization.Ready(
                student.plan(),
                plan.kind(),
                head.isPresent() ? withWholeHead(mask) : mask,
                changed,
                student.input(),
                judged.map(judgement ->
                        grounds == Grounds.BOUND ? within(judgement.source(), disagreement) : judgement.accuracy()),
                judged.map(Judgement::source),
                grounds,
                judged.map(Judgement::probability),
                met);
    }

    /** The source model's accuracy, less what a model that follows it may lose at most, more what it may gain at most. */
    private static AccuracyEstimate within(AccuracyEstimate source, double disagreement) {
        return source.toBuilder()
                .setLower(Math.max(0, source.getLower() - disagreement))
                .setUpper(Math.min(1, source.getUpper() + disagreement))
                .build();
    }

    /** A head that was fitted has all its weights. */
    private Mask withWholeHead(Mask mask) {
        if (mask.granularity() == Granularity.GRANULARITY_NODE) {
            return mask;
        }
        List<BitSet> layers = mask.layers();
        layers.get(students.last())
                .set(0, architecture.layers().get(students.last()).weights());
        return new Mask(mask.granularity(), layers);
    }
}
