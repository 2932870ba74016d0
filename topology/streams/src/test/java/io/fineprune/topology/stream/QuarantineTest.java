package io.fineprune.topology.stream;

import static io.fineprune.topology.stream.Harness.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.lifecycle.DeviceFailures.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three devices are enough for a quarantine here. */
class QuarantineTest {
    private static final AcknowledgementStatus BACK = AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_ROLLED_BACK;
    private static final AcknowledgementStatus REFUSED = AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED;

    @TempDir
    private Path state;

    @Test
    void shouldTakeAnUpdateBackThatFailsOnThreeDevices() {
        try (Harness harness = Harness.twice(state)) {
            harness.acknowledge(answer("kitchen", 2, BACK, "the posterior is NaN"));
            harness.acknowledge(answer("hall", 2, REFUSED, "Self-check: expected a finite posterior"));
            assertThat(harness.masks()).hasSize(2);
            harness.acknowledge(answer("attic", 2, BACK, "too slow"));
            MaskUpdate back = harness.masks().get(0);
            assertThat(back.getVersion()).isEqualTo(3);
            assertThat(back.getTrigger()).isEqualTo(Trigger.TRIGGER_DEVICE_FAILURES);
            PruningReport report = harness.reports().get(2);
            assertThat(report.getOutcome()).isEqualTo(PruningOutcome.PRUNING_OUTCOME_QUARANTINED);
            assertThat(report.getVersion()).isEqualTo(3);
            assertThat(report.getContentVersion()).isEqualTo(1);
            assertThat(report.getReason()).isEqualTo("Version 2 failed on 3 devices of the user, last: too slow");
            assertThat(harness.listener.notPruned).containsEntry(PruningOutcome.PRUNING_OUTCOME_QUARANTINED, 1);
            harness.send("theo", 22, 39);
            assertThat(harness.masks()).isEmpty();
        }
    }

    @Test
    void shouldCountEachDeviceOnceAndNothingButFailuresOfTheVersionInForce() {
        try (Harness harness = Harness.twice(state)) {
            harness.acknowledge(answer("kitchen", 2, BACK, "bad"));
            harness.acknowledge(answer("kitchen", 2, BACK, "bad again"));
            harness.acknowledge(answer("hall", 1, BACK, "of an older version"));
            harness.acknowledge(answer("attic", 2, REFUSED, "Expected a version above 2, but was 2"));
            harness.acknowledge(answer("cellar", 2, BACK, "bad").toBuilder()
                    .setUserId("nobody")
                    .build());
            harness.acknowledge(answer("garden", 2, BACK, "bad").toBuilder()
                    .setModelId("other")
                    .build());
            harness.acknowledgeRaw("theo", "no message".getBytes(StandardCharsets.UTF_8));
            harness.acknowledgeRaw("anna", answer("shed", 2, BACK, "bad").toByteArray());
            harness.acknowledge(answer("yard", 2, BACK, "bad"));
            assertThat(harness.masks()).hasSize(2);
            assertThat(harness.lifecycle("theo").orElseThrow().getFailedDevicesCount())
                    .isEqualTo(2);
            assertThat(harness.listener.failures)
                    .containsEntry(Outcome.COUNTED, 2)
                    .containsEntry(Outcome.REPEATED, 1)
                    .containsEntry(Outcome.OTHER_VERSION, 1)
                    .containsEntry(Outcome.FOREIGN, 3)
                    .containsEntry(Outcome.MALFORMED, 1);
        }
    }

    @Test
    void shouldBeginToCountAnewWithEveryVersion() {
        try (Harness harness = Harness.twice(state)) {
            harness.acknowledge(answer("kitchen", 2, BACK, "bad"));
            harness.acknowledge(answer("hall", 2, BACK, "bad"));
            harness.command(command("again", "theo", CommandAction.COMMAND_ACTION_REPRUNE));
            harness.acknowledge(answer("attic", 3, BACK, "bad"));
            assertThat(harness.masks()).hasSize(3);
            assertThat(harness.lifecycle("theo").orElseThrow().getFailedDevicesCount())
                    .isEqualTo(1);
        }
    }

    @Test
    void shouldEndWithTheSourceModelWhenEverythingFailsAndNeverGoBackToWhatFailed() {
        try (Harness harness = Harness.twice(state)) {
            for (int version = 2; version <= 5; version++) {
                for (String device : List.of("kitchen", "hall", "attic", "cellar")) {
                    harness.acknowledge(answer(device, version, BACK, "bad"));
                }
            }
            List<MaskUpdate> masks = harness.masks();
            assertThat(masks).extracting(MaskUpdate::getVersion).containsExactly(1L, 2L, 3L, 4L);
            assertThat(MaskLayers.sparsity(masks.get(2)).getNodes()).isPositive();
            assertThat(MaskLayers.sparsity(masks.get(3)).getNodes()).isZero();
            harness.command(command("back", "theo", CommandAction.COMMAND_ACTION_ROLLBACK));
            assertThat(harness.masks()).isEmpty();
            assertThat(harness.reports())
                    .last()
                    .extracting(PruningReport::getReason)
                    .isEqualTo("Expected one of the versions [0] (0: the source model), but was 3, which is not kept");
        }
    }

    private static MaskAcknowledgement answer(
            String device, long version, AcknowledgementStatus status, String reason) {
        return MaskAcknowledgement.newBuilder()
                .setUserId("theo")
                .setDeviceId(device)
                .setModelId(Harness.MODEL)
                .setVersion(version)
                .setStatus(status)
                .setReason(reason)
                .setAppliedAtMillis(Harness.START_MILLIS)
                .build();
    }
}
