package io.fineprune.agent.personalization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.agent.source.Payloads;
import io.fineprune.agent.source.SourceModels;
import io.fineprune.agent.tensorflow.TensorFlowDeviceModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.layerwise.TensorFlowLayerwiseModel;
import io.fineprune.agent.update.DeviceModel;
import io.fineprune.agent.update.MaskVerifier;
import io.fineprune.agent.update.Verdict;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.activation.ActivationBatch;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.MaskUpdates;
import io.fineprune.topology.lifecycle.Personalization;
import io.fineprune.topology.lifecycle.PersonalizationPlan;
import io.fineprune.topology.lifecycle.Personalizer;
import io.fineprune.topology.pruning.PrunableModel;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.sums.ActivationSums;
import io.fineprune.topology.sums.SumsAccumulator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One user of the corpus that comes with the program: 200 events to learn from, the others held out. */
class PersonalizationTest {
    private static final String USER = "boris";
    private static final int BUDGET = 200;

    @TempDir
    static Path folder;

    private static TensorFlowModel model;
    private static TensorFlowLayerwiseModel layerwise;
    private static ActivationSums sums;
    private static final List<ModelInput> streamed = new ArrayList<>();
    private static final List<ModelInput> heldOut = new ArrayList<>();
    private static final List<Integer> heldOutLabels = new ArrayList<>();

    @BeforeAll
    static void stream() throws Exception {
        for (String file : List.of("saved_model.pb", "model.yaml", SourceMoments.FILE)) {
            unpack("/demo/model/" + file, folder.resolve(file));
        }
        Path users = unpack("/demo/spoken-digits-users.zip", folder.resolve("users.zip"));
        model = SourceModels.open(folder, 32);
        layerwise = model.layerwise(SourceMoments.read(folder));
        List<Recording> recordings = new ArrayList<>(
                Objects.requireNonNull(Recordings.byUser(Recordings.load(users)).get(USER)));
        Collections.shuffle(recordings, new Random(3));
        for (Recording recording : recordings) {
            ModelInput input = model.prepare(Payloads.of(recording));
            if (streamed.size() < BUDGET) {
                streamed.add(input);
            } else {
                heldOut.add(input);
                heldOutLabels.add(model.architecture().labels().indexOf(recording.label()));
            }
        }
        SumsAccumulator accumulator = SumsAccumulator.empty(model.architecture());
        ActivationBatch batch = model.evaluate(streamed);
        for (int e = 0; e < batch.events(); e++) {
            accumulator.add(batch, e, 1 + e);
        }
        sums = accumulator.snapshot();
    }

    @AfterAll
    static void close() {
        layerwise.close();
        model.close();
    }

    @Test
    void shouldBeMoreAccurateThanTheSourceModelWhenSeventyPercentOfTheNodesAreGone() throws Exception {
        MaskUpdate update = update(UpdateKind.UPDATE_KIND_REFIT, Granularity.GRANULARITY_NODE);

        assertThat(update.getSparsity().getNodes()).isGreaterThan(0.69);
        assertThat(update.getSparsity().getMacs()).isGreaterThan(0.85);
        assertThat(update.getSerializedSize()).isLessThan(160_000);
        try (DeviceModel source = new TensorFlowDeviceModels(model).source();
                DeviceModel compacted = compacted(update)) {
            assertThat(accuracy(compacted)).isGreaterThan(accuracy(source) + 0.1);
        }
    }

    @Test
    void shouldTakeLessThanTwoHundredBytesWhenNothingIsRepaired() throws Exception {
        Architecture architecture = model.architecture();
        SumsAccumulator recent = SumsAccumulator.empty(architecture);
        ActivationBatch batch = model.evaluate(streamed);
        for (int e = 0; e < batch.events(); e++) {
            recent.add(batch, e, 1_790_000_000_000L + 1_000L * e);
        }
        for (double sparsity : new double[] {0.3, 0.5, 0.7}) {
            PruningPlan pruning = new PruningPlan(
                    Criterion.CRITERION_FLUCTUATION,
                    Granularity.GRANULARITY_NODE,
                    Scope.SCOPE_LAYER,
                    sparsity,
                    1,
                    Optional.empty(),
                    Map.of());
            Personalization.Ready plain =
                    (Personalization.Ready) new Personalizer(PrunableModel.of(model), Optional.empty())
                            .personalize(
                                    recent.snapshot(),
                                    List.of(),
                                    new EffectiveSettings(pruning, Budget.DEFAULT).personalization(),
                                    Optional.empty());
            MaskUpdate update = MaskUpdates.of(
                    new UserModelKey(USER, architecture.modelId()),
                    architecture,
                    plain,
                    recent.snapshot(),
                    1_000,
                    Trigger.TRIGGER_BUDGET_EVENTS);
            byte[] message = MessageSerdes.maskUpdate().toBytes(update);
            assertThat(message.length).as("bytes at %s", sparsity).isLessThan(200);
            assertThat(accepted(MessageSerdes.maskUpdate().fromBytes(message))
                            .content()
                            .mask())
                    .isEqualTo(plain.mask());
        }
    }

    @Test
    void shouldBeMoreAccurateThanTheSourceModelWhenOnlyScalesAndTheHeadTravel() throws Exception {
        MaskUpdate update = update(UpdateKind.UPDATE_KIND_MASK, Granularity.GRANULARITY_WEIGHT);

        assertThat(update.getSparsity().getWeights()).isGreaterThan(0.69);
        TensorFlowDeviceModels models = new TensorFlowDeviceModels(model);
        try (DeviceModel source = models.source();
                DeviceModel masked = models.masked(accepted(update).content())) {
            assertThat(accuracy(masked)).isGreaterThan(accuracy(source));
        }
    }

    @Test
    void shouldRunTheSameOnTheDeviceWhetherMaskedOrCompacted() throws Exception {
        MaskUpdate update = update(UpdateKind.UPDATE_KIND_REFIT, Granularity.GRANULARITY_NODE);
        try (DeviceModel masked = new TensorFlowDeviceModels(model)
                        .masked(accepted(update).content());
                DeviceModel compacted = compacted(update)) {
            for (ModelInput input : heldOut.subList(0, 20)) {
                float[] expected = masked.run(input);
                float[] actual = compacted.run(input);
                for (int c = 0; c < expected.length; c++) {
                    assertThat(actual[c]).isCloseTo(expected[c], within(1e-4f));
                }
            }
        }
    }

    @Test
    void shouldMakeTheSameUpdateBitForBitFromTheSameEvents() {
        assertThat(update(UpdateKind.UPDATE_KIND_REFIT, Granularity.GRANULARITY_NODE))
                .isEqualTo(update(UpdateKind.UPDATE_KIND_REFIT, Granularity.GRANULARITY_NODE));
    }

    @Test
    void shouldEstimateTheAccuracyItReaches() throws Exception {
        Personalization.Ready ready = ready(UpdateKind.UPDATE_KIND_REFIT, Granularity.GRANULARITY_NODE);
        double estimate = ready.estimate().orElseThrow().getValue();
        try (DeviceModel device = compacted(update(UpdateKind.UPDATE_KIND_REFIT, Granularity.GRANULARITY_NODE))) {
            assertThat(estimate).isCloseTo(accuracy(device), within(0.15));
        }
        assertThat(estimate).isGreaterThan(ready.source().orElseThrow().getValue());
    }

    @Test
    void shouldHoldBackWhatIsEstimatedWorseThanTheModelInForce() {
        Personalization made = personalizer()
                .personalize(
                        sums,
                        streamed,
                        plan(UpdateKind.UPDATE_KIND_REFIT, Granularity.GRANULARITY_NODE),
                        Optional.of(AccuracyEstimate.newBuilder()
                                .setValue(1)
                                .setLower(1)
                                .setUpper(1)
                                .build()));
        assertThat(made).isInstanceOf(Personalization.HeldBack.class);
    }

    @Test
    void shouldSayThatThereIsNotEnoughDataWhenTheReservoirIsNearlyEmpty() {
        Personalization made = personalizer()
                .personalize(
                        sums,
                        streamed.subList(0, 5),
                        plan(UpdateKind.UPDATE_KIND_REFIT, Granularity.GRANULARITY_NODE),
                        Optional.empty());
        assertThat(made).isInstanceOf(Personalization.NotEnoughData.class);
    }

    private static Personalizer personalizer() {
        return new Personalizer(PrunableModel.of(model), Optional.of(layerwise));
    }

    private static PersonalizationPlan plan(UpdateKind kind, Granularity granularity) {
        PruningPlan pruning = new PruningPlan(Criterion.CRITERION_FLUCTUATION, granularity, Scope.SCOPE_LAYER, 0.7, 1);
        return new PersonalizationPlan(pruning, kind, true, true, RepairSettings.DEFAULT);
    }

    private static Personalization.Ready ready(UpdateKind kind, Granularity granularity) {
        return (Personalization.Ready)
                personalizer().personalize(sums, streamed, plan(kind, granularity), Optional.empty());
    }

    private static MaskUpdate update(UpdateKind kind, Granularity granularity) {
        Architecture architecture = model.architecture();
        return MaskUpdates.of(
                new UserModelKey(USER, architecture.modelId()),
                architecture,
                ready(kind, granularity),
                sums,
                1,
                Trigger.TRIGGER_BUDGET_EVENTS);
    }

    private static Verdict.Accepted accepted(MaskUpdate update) {
        Verdict verdict = new MaskVerifier(USER, model.architecture()).verify(update, 0);
        assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
        return (Verdict.Accepted) verdict;
    }

    private static DeviceModel compacted(MaskUpdate update) {
        return new TensorFlowDeviceModels(model)
                .compacted(accepted(update).content())
                .orElseThrow();
    }

    private static double accuracy(DeviceModel device) throws Exception {
        int right = 0;
        for (int i = 0; i < heldOut.size(); i++) {
            float[] posterior = device.run(heldOut.get(i));
            int best = 0;
            for (int c = 1; c < posterior.length; c++) {
                best = posterior[c] > posterior[best] ? c : best;
            }
            right += best == heldOutLabels.get(i) ? 1 : 0;
        }
        return (double) right / heldOut.size();
    }

    static Path unpack(String resource, Path to) throws IOException {
        try (InputStream in = PersonalizationTest.class.getResourceAsStream(resource)) {
            Files.copy(Objects.requireNonNull(in, resource), to);
            return to;
        }
    }
}
