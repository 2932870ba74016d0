package io.fineprune.topology.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.ReasonCode;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.labelling.Labelling;
import io.fineprune.topology.lifecycle.Personalization.Grounds;
import io.fineprune.topology.pruning.Mask;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.LayerParameters;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.ModelUpdate;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.testing.SpokenWords;
import io.fineprune.topology.testing.SpokenWords.Events;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UpdateSearchTest {
    private static final SpokenWords WORDS = new SpokenWords(5);
    private static final LayerwiseModel MODEL = WORDS.model();
    private static final int CLASSES = SpokenWords.CLASSES;

    private static PersonalizationPlan plan(GateSettings gate, RepairSettings repairs) {
        PruningPlan pruning = new PruningPlan(
                Criterion.CRITERION_ACTIVATION, Granularity.GRANULARITY_NODE, Scope.SCOPE_LAYER, 0.4, 1);
        return new PersonalizationPlan(pruning, UpdateKind.UPDATE_KIND_REFIT, true, true, gate, repairs);
    }

    private static Personalization search(Events events, GateSettings gate, RepairSettings repairs) throws Exception {
        return search(events, plan(gate, repairs), Optional.empty());
    }

    private static Personalization search(Events events, PersonalizationPlan plan, Optional<AccuracyEstimate> current)
            throws Exception {
        return new UpdateSearch(MODEL, UpdateSearchTest::firstUnits, events.inputs(), plan).best(current);
    }

    /** Leaves the last units of each hidden layer. */
    private static Mask firstUnits(PruningPlan plan) {
        BitSet kept = new BitSet();
        MODEL.architecture()
                .groups()
                .forEach(group -> kept.set(
                        group.firstUnit() + (int) Math.round(plan.sparsity() * group.size()),
                        group.firstUnit() + group.size()));
        return Mask.ofUnits(MODEL.architecture(), kept);
    }

    private static int[] answers(Personalization.Ready ready, Events events) throws Exception {
        Map<Integer, LayerParameters> parameters = new HashMap<>(
                new ModelUpdate(ready.mask(), ready.repairs()).parameters(MODEL.architecture(), MODEL::source));
        return Labelling.answers(MODEL.answer(events.inputs(), parameters), CLASSES);
    }

    private static int[] source(Events events) throws Exception {
        return Labelling.answers(MODEL.answer(events.inputs(), Map.of()), CLASSES);
    }

    @Test
    void shouldPublishForItsGainWhatIsBetterOnEventsThatItDidNotSee() throws Exception {
        double gain = 0;
        int published = 0;
        for (int u = 0; u < 8; u++) {
            SpokenWords.User user = WORDS.user(0.6, 0.4);
            Events heldOut = user.events(300, SpokenWords.all());
            Personalization made =
                    search(user.events(180, SpokenWords.all()), GateSettings.DEFAULT, RepairSettings.DEFAULT);
            if (made instanceof Personalization.Ready ready && ready.grounds() == Grounds.GAIN) {
                published++;
                assertThat(ready.probability().orElseThrow()).isGreaterThanOrEqualTo(0.9);
                gain += heldOut.accuracy(answers(ready, heldOut)) - heldOut.accuracy(source(heldOut));
            }
        }
        assertThat(published).isGreaterThanOrEqualTo(4);
        assertThat(gain / published).as("mean gain of the published").isGreaterThan(0.03);
    }

    @Test
    void shouldNotPublishForItsGainWhatIsNotSureEnough() throws Exception {
        Events events = WORDS.user(0.6, 0.4).events(180, SpokenWords.all());
        Personalization made = search(events, new GateSettings(0.9999, 0), RepairSettings.DEFAULT);
        assertThat(made).isInstanceOf(Personalization.HeldBack.class);
        Personalization.HeldBack held = (Personalization.HeldBack) made;
        assertThat(held.why().code()).isEqualTo(ReasonCode.REASON_CODE_GAIN_UNSURE);
        assertThat(held.why().sentence()).startsWith("Held back: ");
        assertThat(held.source()).isPresent();
        assertThat(held.best().getValue() - held.source().orElseThrow().getValue())
                .as("the estimates that the chart shows, and the gain that the sentence names")
                .isCloseTo(held.gain().getValue(), within(0.05));
    }

    @Test
    void shouldPublishASmallerModelThatAnswersAsTheSourceModelDoes() throws Exception {
        int disagreements = 0;
        int events = 0;
        int published = 0;
        for (int u = 0; u < 6; u++) {
            SpokenWords.User user = WORDS.user(0.3, 0.3);
            Personalization made =
                    search(user.events(200, SpokenWords.all()), new GateSettings(0.9999, 0.1), RepairSettings.DEFAULT);
            if (made instanceof Personalization.Ready ready) {
                published++;
                assertThat(ready.grounds()).isEqualTo(Grounds.BOUND);
                assertThat(ready.plan().sparsity()).isGreaterThan(0);
                Events heldOut = user.events(500, SpokenWords.all());
                int[] source = source(heldOut);
                int[] answers = answers(ready, heldOut);
                disagreements += (int) IntStream.range(0, 500)
                        .filter(e -> answers[e] != source[e])
                        .count();
                events += 500;
                AccuracyEstimate estimate = ready.estimate().orElseThrow();
                assertThat(estimate.getValue())
                        .isCloseTo(ready.source().orElseThrow().getValue(), within(1e-9));
            }
        }
        assertThat(published).isGreaterThanOrEqualTo(4);
        assertThat((double) disagreements / events).isLessThan(0.1);
    }

    @Test
    void shouldNotFollowTheSourceModelWhereThatIsTurnedOffOrEventsAreTooFewToTell() throws Exception {
        SpokenWords.User user = WORDS.user(0.3, 0.3);
        assertThat(search(user.events(200, SpokenWords.all()), new GateSettings(0.9999, 0), RepairSettings.DEFAULT))
                .isInstanceOf(Personalization.HeldBack.class);
        assertThat(search(user.events(50, SpokenWords.all()), new GateSettings(0.9999, 0.05), RepairSettings.DEFAULT))
                .as("50 events without a disagreement bound it by 0.058")
                .isInstanceOf(Personalization.HeldBack.class);
    }

    @Test
    void shouldAskForEventsOfTheClassesThatTheModelHas() throws Exception {
        SpokenWords.User user = WORDS.user(0.6, 0.4);
        Personalization made = search(user.events(17, 0, 1), GateSettings.DEFAULT, RepairSettings.DEFAULT);
        assertThat(made).isInstanceOf(Personalization.NotEnoughData.class);
        assertThat(((Personalization.NotEnoughData) made).why().sentence())
                .isEqualTo(
                        "Too few events: 17 are kept of the user, and 18 are needed to judge an update of 6 classes");
        made = search(user.events(60, 3), GateSettings.DEFAULT, RepairSettings.DEFAULT);
        assertThat(made).isNotInstanceOf(Personalization.Ready.class);
    }

    @Test
    void shouldNeverAnswerOutsideTheDeclaredClasses() throws Exception {
        RepairSettings declared = RepairSettings.DEFAULT.withClasses(List.of("class 1", "class 4"), true);
        double before = 0;
        double after = 0;
        for (int u = 0; u < 6; u++) {
            SpokenWords.User user = WORDS.user(0.8, 0.6);
            Events heldOut = user.events(200, 1, 4);
            Personalization made = search(user.events(80, 1, 4), GateSettings.DEFAULT, declared);
            assertThat(made).isInstanceOf(Personalization.Ready.class);
            int[] answers = answers((Personalization.Ready) made, heldOut);
            assertThat(answers).containsOnly(1, 4);
            before += heldOut.accuracy(source(heldOut)) / 6;
            after += heldOut.accuracy(answers) / 6;
        }
        assertThat(after).isGreaterThan(before);
    }

    @Test
    void shouldLimitTheSourceModelToTheDeclaredClassesWhereEventsSayNothing() throws Exception {
        SpokenWords.User user = WORDS.user(0.6, 0.4);
        Personalization made = search(
                user.events(3, 1, 4),
                GateSettings.DEFAULT,
                RepairSettings.DEFAULT.withClasses(List.of("class 1", "class 4"), true));
        Personalization.Ready ready = (Personalization.Ready) made;
        assertThat(ready.grounds()).isEqualTo(Grounds.DECLARED);
        assertThat(ready.mask().layers()).allMatch(bits -> bits.cardinality() == bits.length());
        assertThat(answers(ready, user.events(100, SpokenWords.all()))).containsOnly(1, 4);
    }

    @Test
    void shouldHoldBackWhatIsWorseThanTheModelInForce() throws Exception {
        Events events = WORDS.user(0.6, 0.4).events(180, SpokenWords.all());
        Optional<AccuracyEstimate> perfect = Optional.of(AccuracyEstimate.newBuilder()
                .setValue(1.02)
                .setLower(1)
                .setUpper(1)
                .build());
        assertThat(search(events, plan(GateSettings.DEFAULT, RepairSettings.DEFAULT), perfect))
                .isInstanceOf(Personalization.HeldBack.class);
    }

    @Test
    void shouldPublishWhateverItIsWhereNoGateIsAskedFor() throws Exception {
        PersonalizationPlan plan = plan(new GateSettings(0.9999, 0.05), RepairSettings.DEFAULT);
        PersonalizationPlan ungated =
                new PersonalizationPlan(plan.pruning(), plan.kind(), true, false, plan.gate(), plan.repairs());
        Events few = WORDS.user(0.6, 0.4).events(40, 2, 3);
        Personalization.Ready ready = (Personalization.Ready) search(few, ungated, Optional.empty());
        assertThat(ready.grounds()).isEqualTo(Grounds.UNJUDGED);
        assertThat(ready.plan().sparsity()).isEqualTo(0.4);
    }

    @Test
    void shouldKeepClassesThatTheEventsLackUnlessTheyAreClosed() throws Exception {
        RepairSettings open = RepairSettings.DEFAULT;
        RepairSettings closed = open.withClasses(List.of(), false);
        GateSettings lenient = new GateSettings(0.01, 0);
        double kept = 0;
        double lost = 0;
        for (int u = 0; u < 6; u++) {
            SpokenWords.User user = WORDS.user(0.5, 0.3);
            Events events = user.events(120, 0, 1, 2);
            Events later = user.events(90, 3, 4, 5);
            Personalization.Ready one = (Personalization.Ready) search(events, lenient, open);
            Personalization.Ready other = (Personalization.Ready) search(events, lenient, closed);
            kept += later.accuracy(answers(one, later)) / 6;
            lost += later.accuracy(answers(other, later)) / 6;
        }
        assertThat(kept).isGreaterThan(0.5);
        assertThat(kept).isGreaterThan(lost + 0.3);
    }

    @Test
    void shouldMakeTheSameOfTheSame() throws Exception {
        Events events = WORDS.user(0.6, 0.4).events(120, SpokenWords.all());
        Personalization first = search(events, GateSettings.DEFAULT, RepairSettings.DEFAULT);
        Personalization second = search(events, GateSettings.DEFAULT, RepairSettings.DEFAULT);
        assertThat(second).usingRecursiveComparison().isEqualTo(first);
    }
}
