package io.fineprune.agent.evaluate.method;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.fineprune.agent.evaluate.TinyFleet;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.agent.source.Payloads;
import io.fineprune.agent.tensorflow.TensorFlowDeviceModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.tensorflow.layerwise.Calibration;
import io.fineprune.agent.update.DeviceModel;
import io.fineprune.agent.update.MaskVerifier;
import io.fineprune.agent.update.Verdict;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.MaskUpdates;
import io.fineprune.topology.lifecycle.Personalization;
import io.fineprune.topology.lifecycle.PersonalizationPlan;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.stream.PruningTopology;
import io.fineprune.topology.stream.Routing;
import io.fineprune.topology.stream.StreamListener;
import io.fineprune.topology.stream.StreamsSettings;
import io.fineprune.topology.stream.TopologySettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the topology publishes for a user is, bit for bit, what is evaluated for the same events. */
class StreamingEqualsBatchTest {
    private static final Topics TOPICS = Topics.standard();
    private static final int RESERVOIR = 22;
    private static final int BUDGET = 27;
    private static final double SPARSITY = 0.5;

    @ParameterizedTest
    @CsvSource({"UPDATE_KIND_MASK, false", "UPDATE_KIND_REFIT, false", "UPDATE_KIND_REFIT, true"})
    void shouldPublishWhatIsEvaluatedWhenEventsAreTheSame(UpdateKind kind, boolean normalised, @TempDir Path folder)
            throws Exception {
        List<Recording> recordings = Recordings.load(TinyFleet.data(Files.createDirectory(folder.resolve("data"))));
        ModelDirectory directory = ModelDirectory.open(TinyFleet.model(folder.resolve("model")));
        List<SensorEvent> events = new ArrayList<>();
        for (Recording recording : recordings) {
            if (recording.user().equals("bob") && events.size() < BUDGET) {
                events.add(Payloads.of(recording).toBuilder()
                        .setEventId(recording.id())
                        .setDeviceId("bob's")
                        .setUserId("bob")
                        .setModelId("tiny")
                        .setCapturedAtMillis(events.size() + 1L)
                        .build());
            }
        }
        PersonalizedMethod method = new PersonalizedMethod(
                "ours",
                "",
                Granularity.GRANULARITY_NODE,
                kind,
                false,
                1,
                Scope.SCOPE_LAYER,
                RepairSettings.DEFAULT.withInputNormalisation(normalised));
        PersonalizationPlan plan = method.plan(SPARSITY, 1);
        MaskUpdate evaluated = evaluated(directory, events, plan);
        assertThat(streamed(directory, events, plan, folder)).isEqualTo(evaluated);
        assertThat(evaluated.hasInput()).isEqualTo(normalised);
    }

    private static SourceMoments moments(TensorFlowModel model, List<SensorEvent> events) throws Exception {
        try (LayerwiseModel layerwise = model.layerwise(Optional.empty())) {
            return Calibration.measure(layerwise, model.inputBands(), inputs(model, events), new int[0], List.of());
        }
    }

    private static List<ModelInput> inputs(TensorFlowModel model, List<SensorEvent> events) throws Exception {
        List<ModelInput> inputs = new ArrayList<>();
        for (SensorEvent event : events) {
            inputs.add(model.prepare(event));
        }
        return inputs;
    }

    private static MaskUpdate evaluated(ModelDirectory directory, List<SensorEvent> events, PersonalizationPlan plan)
            throws Exception {
        TensorFlowModel model = TensorFlowModel.open(directory, 32);
        try (EvaluatedModel bench = new EvaluatedModel(model, Optional.of(moments(model, events.subList(0, 9))))) {
            UserStream stream = new UserStream("bob", 1, inputs(model, events), new int[events.size()], RESERVOIR);
            Personalization made = PersonalizedMethod.personalize(bench, stream, plan, Optional.empty());
            assertThat(made).isInstanceOf(Personalization.Ready.class);
            MaskUpdate update = MaskUpdates.of(
                    new UserModelKey("bob", "tiny"),
                    model.architecture(),
                    (Personalization.Ready) made,
                    bench.observe(stream).sums(),
                    1,
                    Trigger.TRIGGER_BUDGET_EVENTS);
            assertDeviceAnswersAlike(model, bench, stream, plan, update);
            return update;
        }
    }

    /** What travelled in the message is what was judged, but for what half precision leaves out. */
    private static void assertDeviceAnswersAlike(
            TensorFlowModel model, EvaluatedModel bench, UserStream stream, PersonalizationPlan plan, MaskUpdate update)
            throws Exception {
        PersonalizedMethod method = new PersonalizedMethod(
                "ours", "", Granularity.GRANULARITY_NODE, plan.kind(), false, 1, Scope.SCOPE_LAYER, plan.repairs());
        Adapted adapted = method.adapt(bench, stream, SPARSITY);
        MaskUpdate received =
                MessageSerdes.maskUpdate().fromBytes(MessageSerdes.maskUpdate().toBytes(update));
        Verdict verdict = new MaskVerifier("bob", model.architecture()).verify(received, 0);
        assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
        try (DeviceModel device = new TensorFlowDeviceModels(model).masked(((Verdict.Accepted) verdict).content())) {
            int[] wanted = bench.classify(adapted, stream.inputs());
            for (int e = 0; e < stream.events(); e++) {
                float[] found = device.run(stream.inputs().get(e));
                int best = 0;
                for (int c = 1; c < found.length; c++) {
                    best = found[c] > found[best] ? c : best;
                }
                assertThat(best).as("event %d", e).isEqualTo(wanted[e]);
            }
        }
    }

    private static MaskUpdate streamed(
            ModelDirectory directory, List<SensorEvent> events, PersonalizationPlan plan, Path folder)
            throws Exception {
        EffectiveSettings settings = new EffectiveSettings(plan, new Budget(BUDGET, 0, 1));
        TopologySettings topology = new TopologySettings(TOPICS, 1, Routing.DIRECT, 5, 100, settings, RESERVOIR, 64);
        ByteArraySerializer in = new ByteArraySerializer();
        ByteArrayDeserializer out = new ByteArrayDeserializer();
        try (TensorFlowModel model = TensorFlowModel.open(directory, 5);
                LayerwiseModel layerwise = model.layerwise(Optional.of(moments(model, events.subList(0, 9))));
                TopologyTestDriver driver = new TopologyTestDriver(
                        new PruningTopology(
                                        topology,
                                        Map.of("tiny", model),
                                        Map.of("tiny", layerwise),
                                        StreamListener.NONE,
                                        Clock.fixed(Instant.ofEpochMilli(1_000), ZoneOffset.UTC),
                                        Runnable::run)
                                .get(),
                        new StreamsSettings("test", "unused:1", folder.resolve("state"), 1, Map.of())
                                .properties(TOPICS),
                        Instant.EPOCH)) {
            var source = driver.createInputTopic(TOPICS.sensorEvents().name(), in, in);
            var masks = driver.createOutputTopic(TOPICS.pruningMasks().name(), out, out);
            for (SensorEvent event : events) {
                source.pipeInput(new TestRecord<>(
                        event.getDeviceId().getBytes(StandardCharsets.UTF_8),
                        event.toByteArray(),
                        Instant.ofEpochMilli(event.getCapturedAtMillis())));
            }
            driver.advanceWallClockTime(Duration.ofSeconds(1));
            List<byte[]> published = masks.readValuesToList();
            assertThat(published).hasSize(1);
            return MaskUpdate.parseFrom(ByteString.copyFrom(published.get(0)));
        }
    }
}
