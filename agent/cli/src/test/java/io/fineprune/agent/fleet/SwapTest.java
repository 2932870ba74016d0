package io.fineprune.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.agent.device.Device;
import io.fineprune.agent.device.Inference;
import io.fineprune.agent.device.KafkaDeviceTransport;
import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.agent.tensorflow.TensorFlowDeviceModels;
import io.fineprune.agent.update.DeviceModel;
import io.fineprune.agent.update.MaskVerifier;
import io.fineprune.agent.update.Verdict;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.PruningSettings;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.repair.ModelUpdate;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices at work while operators and budgets change their masks. */
class SwapTest {
    private static final int INPUTS = 6;

    @TempDir
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static Fleet fleet;

    @BeforeAll
    static void start() throws Exception {
        fleet = new Fleet(folder);
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    private record Answer(int input, Inference inference) {}

    @Test
    void shouldNeitherLoseNorMixAnInferenceWhileMasksChange() throws Exception {
        Topics topics = fleet.topics("swap");
        FleetControl control = new FleetControl(topics, fleet.kafka());
        List<SensorEvent> payloads = fleet.events("dora", "dora", 0, 70);
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (FleetAgent agent = fleet.agent(topics, "swap", 60);
                Device device = device(topics, "dora")) {
            List<Future<List<Answer>>> load = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                load.add(threads.submit(() -> {
                    List<Answer> answers = new ArrayList<>();
                    for (int i = 0; !done.get(); i++) {
                        answers.add(new Answer(i % INPUTS, device.infer(payloads.get(i % INPUTS))));
                    }
                    return answers;
                }));
            }
            for (SensorEvent payload : payloads) {
                device.capture(payload);
            }
            device.flush();
            fleet.awaitEvents(agent, "dora", 70);
            awaitVersion(device, 1);
            Map<Long, MaskUpdate> masks = new HashMap<>();
            masks.put(1L, mask(control, "dora"));
            for (double sparsity : List.of(0.3, 0.7)) {
                List<PruningReport> reports =
                        control.send(reprune("dora", sparsity), Duration.ofSeconds(60), Duration.ofMillis(500));
                assertThat(reports)
                        .singleElement()
                        .satisfies(report ->
                                assertThat(report.getOutcome()).isEqualTo(PruningOutcome.PRUNING_OUTCOME_PUBLISHED));
                long version = reports.get(0).getVersion();
                awaitVersion(device, version);
                masks.put(version, mask(control, "dora"));
            }
            Fleet.await(() -> device.swapper().settled(), () -> "the compacted model of version 3");
            assertThat(device.swapper().compacted()).isTrue();
            done.set(true);
            List<Answer> answers = new ArrayList<>();
            for (Future<List<Answer>> future : load) {
                answers.addAll(future.get(60, TimeUnit.SECONDS));
            }
            assertThat(masks.keySet()).containsExactlyInAnyOrder(1L, 2L, 3L);
            assertUnmixed(answers, payloads, masks);
            assertThat(device.swapper().missedInferences()).isZero();
            Map<Long, MaskAcknowledgement> acknowledged = acknowledgements(topics, control, "dora");
            assertThat(acknowledged.keySet()).containsExactly(1L, 2L, 3L);
            assertThat(acknowledged.values()).allSatisfy(answer -> {
                assertThat(answer.getStatus()).isEqualTo(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
                assertThat(answer.getMissedInferences()).isZero();
                assertThat(answer.getSwapMicros()).isPositive();
            });
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
    }

    @Test
    void shouldReachEveryUserWhenAllAreRepruned() throws Exception {
        Topics topics = fleet.topics("all");
        FleetControl control = new FleetControl(topics, fleet.kafka());
        List<String> users = List.of("ada", "boris", "chen");
        Map<String, Device> devices = new TreeMap<>();
        try (FleetAgent agent = fleet.agent(topics, "all", 1000)) {
            for (String user : users) {
                Device device = device(topics, user);
                devices.put(user, device);
                for (SensorEvent payload : fleet.events(user, user, 0, 20)) {
                    device.capture(payload);
                }
                device.flush();
                fleet.awaitEvents(agent, user, 20);
                assertThat(device.swapper().version()).isZero();
            }
            List<PruningReport> reports = control.send(reprune("", 0.5), Duration.ofSeconds(60), Duration.ofSeconds(3));
            assertThat(reports.stream()
                            .filter(report -> report.getOutcome() == PruningOutcome.PRUNING_OUTCOME_PUBLISHED)
                            .map(PruningReport::getUserId))
                    .containsExactlyInAnyOrderElementsOf(users);
            devices.values().forEach(device -> awaitVersion(device, 1));
            try (Device late = device(topics, "ada")) {
                awaitVersion(late, 1);
            }
        } finally {
            devices.values().forEach(Device::close);
        }
        for (String user : users) {
            assertThat(acknowledgements(topics, control, user)).containsKey(1L);
        }
    }

    /** Every answer is that of the masked or of the compacted model of its version, for its input. */
    private static void assertUnmixed(List<Answer> answers, List<SensorEvent> payloads, Map<Long, MaskUpdate> masks)
            throws Exception {
        TensorFlowDeviceModels models = new TensorFlowDeviceModels(fleet.model);
        Map<Long, List<float[][]>> expected = new HashMap<>();
        expected.put(0L, List.<float[][]>of(posteriors(models.source(), payloads)));
        for (MaskUpdate update : masks.values()) {
            ModelUpdate mask =
                    ((Verdict.Accepted) new MaskVerifier("dora", models.architecture()).verify(update, 0)).content();
            Optional<DeviceModel> compacted = models.compacted(mask);
            expected.put(
                    update.getVersion(),
                    List.of(posteriors(models.masked(mask), payloads), posteriors(compacted.orElseThrow(), payloads)));
        }
        Map<Long, Integer> seen = new TreeMap<>();
        for (Answer answer : answers) {
            long version = answer.inference().version();
            seen.merge(version, 1, Integer::sum);
            List<float[][]> candidates = expected.getOrDefault(version, List.of());
            assertThat(candidates).as("answer %s", answer).anySatisfy(posteriors -> {
                float[] posterior = posteriors[answer.input()];
                assertThat(posterior[answer.inference().predictedClass()])
                        .isCloseTo(answer.inference().confidence(), within(1e-6f));
            });
        }
        assertThat(seen.keySet()).as("versions that answered").containsExactly(0L, 1L, 2L, 3L);
    }

    private static float[][] posteriors(DeviceModel model, List<SensorEvent> payloads) throws Exception {
        try (model) {
            float[][] posteriors = new float[INPUTS][];
            for (int i = 0; i < INPUTS; i++) {
                ModelInput input = fleet.model.prepare(payloads.get(i));
                posteriors[i] = model.run(input);
            }
            return posteriors;
        }
    }

    private static Device device(Topics topics, String user) {
        return new Device(
                user,
                user + "-1",
                new TensorFlowDeviceModels(fleet.model),
                new KafkaDeviceTransport(topics, fleet.kafka()),
                Clock.systemUTC(),
                Duration.ofSeconds(10));
    }

    private static void awaitVersion(Device device, long version) {
        Fleet.await(
                () -> device.swapper().version() >= version,
                () -> "version %d on the device of %s, found %d"
                        .formatted(version, device.user(), device.swapper().version()));
    }

    private static MaskUpdate mask(FleetControl control, String user) {
        return control.masks().values().stream()
                .filter(mask -> mask.getUserId().equals(user))
                .findFirst()
                .orElseThrow();
    }

    private static Map<Long, MaskAcknowledgement> acknowledgements(Topics topics, FleetControl control, String user) {
        Map<Long, MaskAcknowledgement> answers = new TreeMap<>();
        String name = topics.maskAcknowledgements().name();
        control.readToEnd(name, record -> {
            MaskAcknowledgement answer =
                    topics.maskAcknowledgements().valueSerde().deserializer().deserialize(name, record.value());
            if (answer.getUserId().equals(user)) {
                answers.put(answer.getVersion(), answer);
            }
        });
        return answers;
    }

    private static PruneCommand reprune(String user, double sparsity) {
        return PruneCommand.newBuilder()
                .setCommandId("reprune-" + user + sparsity)
                .setUserId(user)
                .setAction(CommandAction.COMMAND_ACTION_REPRUNE)
                .setSettings(PruningSettings.newBuilder().setSparsity(sparsity))
                .setRequestedBy("test")
                .setRequestedAtMillis(1_700_000_000_000L)
                .build();
    }
}
