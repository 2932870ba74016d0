package io.fineprune.topology.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.schemas.serde.MaskChecksum;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.ReasonCode;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.sums.ActivationSums;
import io.fineprune.topology.testing.WiredModel;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MaskUpdatesTest {
    private static final UserModelKey KEY = new UserModelKey("theo", "wired");

    @Test
    void shouldGiveTheSameBytesForTheSameSums() {
        assertThat(MessageSerdes.maskUpdate().toBytes(update()))
                .isEqualTo(MessageSerdes.maskUpdate().toBytes(update()));
    }

    @Test
    void shouldNameWhatTheUpdateRestsOn() {
        MaskUpdate update = update();
        assertThat(update.getVersion()).isEqualTo(3);
        assertThat(update.getParentVersion()).isEqualTo(2);
        assertThat(update.getEvidence().getEventsSeen()).isEqualTo(30);
        assertThat(update.getEvidence().getFirstEventMillis()).isEqualTo(1_000);
        assertThat(update.getEvidence().getLastEventMillis()).isEqualTo(1_029);
        assertThat(update.getEvidence().hasEstimatedAccuracy()).isFalse();
        assertThat(MaskChecksum.verify(update)).isTrue();
    }

    @Test
    void shouldMakeReportsThatTheirSerdeTakes() {
        PruningReport published =
                Reports.published(update(), Optional.empty(), Reports.Made.NOTHING_JUDGED, 300, 12, 5_000);
        PruningReport refused = Reports.unpublished(
                KEY,
                Trigger.TRIGGER_COMMAND,
                Optional.empty(),
                PruningOutcome.PRUNING_OUTCOME_COMMAND_REFUSED,
                new Why(ReasonCode.REASON_CODE_FAILED, "é".repeat(2_000)),
                0,
                5_000);
        assertThat(MessageSerdes.pruningReport().toBytes(published)).isNotEmpty();
        assertThat(MessageSerdes.pruningReport().toBytes(refused)).isNotEmpty();
        assertThat(refused.getReason()).hasSize(512);
    }

    private static MaskUpdate update() {
        WiredModel model = new WiredModel(1);
        ActivationSums sums = model.sums(2, 30);
        return MaskUpdates.of(
                KEY,
                model.architecture(),
                (Personalization.Ready) new Personalizer(model.prunable(), Optional.empty())
                        .personalize(sums, List.of(), EffectiveSettings.DEFAULT.personalization(), Optional.empty()),
                sums,
                3,
                Trigger.TRIGGER_COMMAND);
    }
}
