package io.fineprune.agent.personalization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.model.SourceMoments;
import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.agent.source.Payloads;
import io.fineprune.agent.tensorflow.TensorFlowDeviceModels;
import io.fineprune.agent.tensorflow.TensorFlowModel;
import io.fineprune.agent.update.DeviceModel;
import io.fineprune.agent.update.MaskVerifier;
import io.fineprune.agent.update.Verdict;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.PersonalizationPlan;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.LayerwiseModel;
import io.fineprune.topology.repair.ModelUpdate;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.stream.PruningTopology;
import io.fineprune.topology.stream.Routing;
import io.fineprune.topology.stream.StreamListener;
import io.fineprune.topology.stream.StreamsSettings;
import io.fineprune.topology.stream.TopologySettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A user whose budget holds seven of ten digits, and who then meets the other three: nobody tells the agent. */
class LaterClassesTest {
    private static final Topics TOPICS = Topics.standard();
    private static final Path DEMO = Path.of("src", "main", "resources", "demo");
    private static final int PER_DIGIT = 20;
    private static final int EARLY_DIGITS = 7;
    private static final int BUDGET = EARLY_DIGITS * PER_DIGIT;

    /** A user's recordings in the order of life, and those that are never sent. */
    private record Life(List<Recording> sent, List<Recording> heldOut) {
        static Life of(String user) throws Exception {
            List<Recording> all =
                    new ArrayList<>(Recordings.byUser(Recordings.load(DEMO.resolve("spoken-digits-users.zip")))
                            .get(user));
            Collections.shuffle(all, new Random(3));
            List<Recording> early = new ArrayList<>();
            List<Recording> later = new ArrayList<>();
            List<Recording> heldOut = new ArrayList<>();
            int[] taken = new int[10];
            for (Recording recording : all) {
                int digit = Integer.parseInt(recording.label());
                if (taken[digit]++ >= PER_DIGIT) {
                    heldOut.add(recording);
                } else {
                    (digit < EARLY_DIGITS ? early : later).add(recording);
                }
            }
            List<Recording> sent = new ArrayList<>(early);
            List<Recording> mixed = new ArrayList<>(later);
            mixed.addAll(early.subList(0, later.size()));
            Collections.shuffle(mixed, new Random(4));
            sent.addAll(mixed);
            return new Life(sent, heldOut);
        }
    }

    private record Published(List<MaskUpdate> masks, List<PruningReport> reports) {}

    @ParameterizedTest
    @CsvSource({"ada, 0.78", "chen, 0.94", "dora, 0.94"})
    void shouldBeginARoundByItselfAndGainOnClassesThatComeAfterTheBudget(
            String user, double least, @TempDir Path folder) throws Exception {
        Life life = Life.of(user);
        ModelDirectory directory = ModelDirectory.open(DEMO.resolve("model"));
        Published published = stream(directory, user, life.sent(), folder);
        assertThat(published.reports())
                .extracting(PruningReport::getTrigger, PruningReport::getOutcome)
                .startsWith(tuple(Trigger.TRIGGER_BUDGET_EVENTS, PruningOutcome.PRUNING_OUTCOME_PUBLISHED))
                .contains(tuple(Trigger.TRIGGER_LATER_CLASSES, PruningOutcome.PRUNING_OUTCOME_PUBLISHED));
        try (TensorFlowModel model = TensorFlowModel.open(directory, 32)) {
            double[] source = accuracy(model, Optional.empty(), life.heldOut());
            double[] first = accuracy(model, Optional.of(published.masks().get(0)), life.heldOut());
            double[] last = accuracy(
                    model, Optional.of(published.masks().get(published.masks().size() - 1)), life.heldOut());
            System.out.printf(
                    "early and later digits: source %.3f %.3f, after the budget %.3f %.3f, after the round %.3f %.3f%n",
                    source[0], source[1], first[0], first[1], last[0], last[1]);
            assertThat(last[1]).as("later digits").isGreaterThanOrEqualTo(source[1]);
            assertThat(last[0]).as("early digits").isGreaterThanOrEqualTo(source[0]);
            assertThat((last[0] * EARLY_DIGITS + last[1] * (10 - EARLY_DIGITS)) / 10)
                    .as("all digits")
                    .isGreaterThan(least);
        }
    }

    /** Share that is right of the digits that the budget held, and of the others. */
    private static double[] accuracy(TensorFlowModel model, Optional<MaskUpdate> update, List<Recording> recordings)
            throws Exception {
        TensorFlowDeviceModels models = new TensorFlowDeviceModels(model);
        int[] right = new int[2];
        int[] all = new int[2];
        try (DeviceModel device = update.isEmpty() ? models.source() : models.masked(content(model, update.get()))) {
            for (Recording recording : recordings) {
                float[] scores = device.run(model.prepare(Payloads.of(recording)));
                int best = 0;
                for (int c = 1; c < scores.length; c++) {
                    best = scores[c] > scores[best] ? c : best;
                }
                int group = Integer.parseInt(recording.label()) < EARLY_DIGITS ? 0 : 1;
                all[group]++;
                right[group] += model.architecture().labels().get(best).equals(recording.label()) ? 1 : 0;
            }
        }
        return new double[] {(double) right[0] / all[0], (double) right[1] / all[1]};
    }

    private static ModelUpdate content(TensorFlowModel model, MaskUpdate update) {
        Verdict verdict = new MaskVerifier(update.getUserId(), model.architecture()).verify(update, 0);
        assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
        return ((Verdict.Accepted) verdict).content();
    }

    private static Published stream(ModelDirectory directory, String user, List<Recording> recordings, Path folder)
            throws Exception {
        PersonalizationPlan plan = new PersonalizationPlan(
                new PruningPlan(
                        Criterion.CRITERION_FLUCTUATION,
                        Granularity.GRANULARITY_NODE,
                        Scope.SCOPE_LAYER,
                        0.7,
                        42,
                        Optional.empty(),
                        Map.of()),
                UpdateKind.UPDATE_KIND_REFIT,
                true,
                true,
                RepairSettings.DEFAULT);
        EffectiveSettings settings = new EffectiveSettings(plan, new Budget(BUDGET, 0, 1));
        TopologySettings topology = new TopologySettings(TOPICS, 1, Routing.DIRECT, 32, 100, settings, 400, 64);
        ByteArraySerializer in = new ByteArraySerializer();
        ByteArrayDeserializer out = new ByteArrayDeserializer();
        try (TensorFlowModel model = TensorFlowModel.open(directory, 32);
                LayerwiseModel layerwise = model.layerwise(SourceMoments.read(DEMO.resolve("model")));
                TopologyTestDriver driver = new TopologyTestDriver(
                        new PruningTopology(
                                        topology,
                                        Map.of(model.architecture().modelId(), model),
                                        Map.of(model.architecture().modelId(), layerwise),
                                        StreamListener.NONE,
                                        Clock.fixed(Instant.ofEpochMilli(1_000), ZoneOffset.UTC),
                                        Runnable::run)
                                .get(),
                        new StreamsSettings("test", "unused:1", folder.resolve("state"), 1, Map.of())
                                .properties(TOPICS),
                        Instant.EPOCH)) {
            var events = driver.createInputTopic(TOPICS.sensorEvents().name(), in, in);
            var masks = driver.createOutputTopic(TOPICS.pruningMasks().name(), out, out);
            var reports = driver.createOutputTopic(TOPICS.pruningReports().name(), out, out);
            for (int e = 0; e < recordings.size(); e++) {
                SensorEvent event = Payloads.of(recordings.get(e)).toBuilder()
                        .setEventId("event-" + e)
                        .setDeviceId("device")
                        .setUserId(user)
                        .setModelId(model.architecture().modelId())
                        .setCapturedAtMillis(e + 1L)
                        .build();
                events.pipeInput(new TestRecord<>(
                        user.getBytes(StandardCharsets.UTF_8), event.toByteArray(), Instant.ofEpochMilli(e + 1L)));
            }
            driver.advanceWallClockTime(Duration.ofSeconds(1));
            return new Published(
                    masks.readValuesToList().stream()
                            .map(MessageSerdes.maskUpdate()::fromBytes)
                            .toList(),
                    reports.readValuesToList().stream()
                            .map(MessageSerdes.pruningReport()::fromBytes)
                            .toList());
        }
    }
}
