package io.fineprune.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.device.Device;
import io.fineprune.agent.device.DeviceMemory;
import io.fineprune.agent.device.KafkaDeviceTransport;
import io.fineprune.agent.export.CompactExport;
import io.fineprune.agent.model.ModelDirectory;
import io.fineprune.agent.runtime.FleetAgent;
import io.fineprune.agent.runtime.FleetControl;
import io.fineprune.agent.tensorflow.TensorFlowDeviceModels;
import io.fineprune.agent.tensorflow.layerwise.TensorFlowLayerwiseModel;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.topic.Topics;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.PruningSettings;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.MaskUpdates;
import io.fineprune.topology.lifecycle.PersonalizationPlan;
import io.fineprune.topology.lifecycle.UpkeepSettings;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.repair.RepairSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The weights of a VGG-7, about 150 KB, over a broker where a message may have 40,000 bytes of them. */
class ChunkedMasksTest {
    private static final int EVENTS = 40;
    private static final int CUT = 40_000;

    @TempDir
    private Path folder;

    @Test
    void shouldBringUpdatesLargerThanAMessageToDevices() throws Exception {
        try (Fleet fleet = new Fleet(folder)) {
            Topics topics = fleet.topics("chunks");
            UserModelKey ada = new UserModelKey("ada", fleet.modelId());
            FleetControl control = new FleetControl(topics, fleet.kafka());
            PersonalizationPlan plan = new PersonalizationPlan(
                    new EffectiveSettings(PruningPlan.DEFAULT, Budget.DEFAULT)
                            .with(PruningSettings.newBuilder().setSparsity(0.7).build())
                            .plan(),
                    UpdateKind.UPDATE_KIND_REFIT,
                    true,
                    false,
                    new RepairSettings(false, 0, 0.01, 32, true, 0));
            try (TensorFlowLayerwiseModel layerwise = fleet.layerwise();
                    FleetAgent agent = fleet.agent(
                            fleet.settings(
                                    topics,
                                    new EffectiveSettings(plan, new Budget(EVENTS, 0, 1)),
                                    64,
                                    new UpkeepSettings(2, 3, 0, 50, 0, 0, CUT)),
                            "chunks",
                            Map.of(fleet.modelId(), layerwise),
                            Map.of())) {
                MaskUpdate first;
                try (Device device = device(fleet, topics)) {
                    fleet.send(topics, fleet.events("ada", "ada", 0, EVENTS));
                    awaitVersion(device, 1);
                    first = whole(control, ada, 1);
                    assertThat(first.getSerializedSize()).isBetween(3 * CUT, 5 * CUT);
                    assertThat(records(control, topics)).isEqualTo(first.getSerializedSize() / CUT + 1);
                    assertThat(agent.queries()
                                    .answer(URI.create("/api/v1/users/ada/mask"))
                                    .orElseThrow()
                                    .body())
                            .contains("conv");
                }
                assertThat(CompactExport.write(
                                        ModelDirectory.open(fleet.modelDirectory),
                                        first,
                                        folder.resolve("compact"),
                                        "smaller")
                                .difference())
                        .isLessThan(CompactExport.TOLERANCE);
                try (Device again = device(fleet, topics)) {
                    assertThat(again.swapper().version()).isEqualTo(1);
                    prune(control, 0.5);
                    awaitVersion(again, 2);
                    MaskUpdate second = whole(control, ada, 2);
                    assertThat(second.getSerializedSize()).isGreaterThan(2 * first.getSerializedSize());
                    assertThat(send(control, "back", CommandAction.COMMAND_ACTION_ROLLBACK)
                                    .getContentVersion())
                            .isEqualTo(1);
                    awaitVersion(again, 3);
                    MaskUpdate third = whole(control, ada, 3);
                    assertThat(MaskUpdates.sameContent(third, first)).isTrue();
                }
                try (Device late = new Device(
                        "ada",
                        "another",
                        new TensorFlowDeviceModels(fleet.model),
                        new KafkaDeviceTransport(topics, fleet.kafka()),
                        Clock.systemUTC(),
                        Duration.ofSeconds(10))) {
                    awaitVersion(late, 3);
                }
            }
            assertThat(control.acknowledgements())
                    .hasSize(2)
                    .allSatisfy(answer -> assertThat(answer.getVersion()).isEqualTo(3))
                    .extracting(MaskAcknowledgement::getStatus)
                    .containsOnly(AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED);
        }
    }

    private Device device(Fleet fleet, Topics topics) throws IOException {
        return new Device(
                "ada",
                "ada-1",
                new TensorFlowDeviceModels(fleet.model),
                new KafkaDeviceTransport(topics, fleet.kafka()),
                Optional.empty(),
                DeviceMemory.in(folder.resolve("device")),
                Clock.systemUTC(),
                Duration.ofSeconds(10));
    }

    /** The mask in force is a list of chunks, and here they are. */
    private static MaskUpdate whole(FleetControl control, UserModelKey key, long version) {
        MaskUpdate list = Objects.requireNonNull(control.masks().get(key));
        assertThat(list.getVersion()).isEqualTo(version);
        MaskUpdate whole = control.mask(key).orElseThrow();
        assertThat(list.getChunks().getBytes()).isEqualTo(whole.getSerializedSize());
        assertThat(whole.getRepairsCount()).isPositive();
        return whole;
    }

    private static int records(FleetControl control, Topics topics) {
        AtomicInteger records = new AtomicInteger();
        control.readToEnd(topics.pruningMaskChunks().name(), record -> {
            assertThat(record.value()).hasSizeLessThan(CUT + 100);
            records.incrementAndGet();
        });
        return records.get();
    }

    private static void prune(FleetControl control, double sparsity) {
        PruningReport report = send(
                control,
                command("less", CommandAction.COMMAND_ACTION_REPRUNE)
                        .setSettings(PruningSettings.newBuilder().setSparsity(sparsity))
                        .build());
        assertThat(report.getUpdateBytes()).isGreaterThan(CUT);
    }

    private static PruningReport send(FleetControl control, String id, CommandAction action) {
        return send(control, command(id, action).build());
    }

    private static PruningReport send(FleetControl control, PruneCommand command) {
        List<PruningReport> reports = control.send(command, Duration.ofSeconds(60), Duration.ofMillis(500));
        assertThat(reports)
                .singleElement()
                .extracting(PruningReport::getOutcome)
                .isEqualTo(PruningOutcome.PRUNING_OUTCOME_PUBLISHED);
        return reports.get(0);
    }

    private static PruneCommand.Builder command(String id, CommandAction action) {
        return PruneCommand.newBuilder()
                .setCommandId(id)
                .setUserId("ada")
                .setAction(action)
                .setRequestedBy("test")
                .setRequestedAtMillis(1_700_000_000_000L);
    }

    private static void awaitVersion(Device device, long version) {
        Fleet.await(
                () -> device.swapper().version() >= version,
                () -> "version %d on the device, found %d"
                        .formatted(version, device.swapper().version()));
    }
}
