package io.fineprune.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.Evidence;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.Sparsity;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FleetViewTest {
    private static final UserModelKey ADA = new UserModelKey("ada", "kws");

    private final FleetView view = new FleetView(6);

    private UserStatus ada() {
        return view.find(ADA).orElseThrow();
    }

    @Test
    void shouldFollowAUserFromSourceModelToMask() {
        view.budget(ADA, 0.5);
        assertThat(ada().served()).isEqualTo(Served.SOURCE);
        view.reported(report(1));
        assertThat(ada().served()).isEqualTo(Served.MASK_SENT);
        assertThat(ada().estimated()).map(AccuracyEstimate::getValue).contains(0.9);
        assertThat(ada().change()).hasValueCloseTo(0.4, within(1e-9));
        view.acknowledged(answer(1, AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED));
        assertThat(ada().served()).isEqualTo(Served.MASK_APPLIED);
        view.reported(report(2));
        view.acknowledged(answer(2, AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED));
        assertThat(ada().served()).isEqualTo(Served.MASK_REFUSED);
        assertThat(ada().prunings()).isEqualTo(2);
    }

    @Test
    void shouldKeepTheMaskInForceWhenALaterPruningPublishesNone() {
        view.reported(report(1));
        view.reported(report(1).toBuilder()
                .setOutcome(PruningOutcome.PRUNING_OUTCOME_NOT_ENOUGH_DATA)
                .setReason("too few")
                .clearSparsity()
                .build());
        assertThat(ada().version()).isEqualTo(1);
        assertThat(ada().sparsity()).isPresent();
        assertThat(ada().last()).isEqualTo("not_enough_data");
        assertThat(ada().reason()).isEqualTo("too few");
    }

    @Test
    void shouldMeasureOnlyWhatTheVersionInForceAnswered() {
        view.labelled(label(0, "a"));
        assertThat(ada().measured()).hasValue(1);
        view.reported(report(1));
        assertThat(ada().measured()).isEmpty();
        view.labelled(label(1, "a"));
        view.labelled(label(1, "b"));
        view.labelled(label(0, "b"));
        assertThat(ada().measured()).hasValue(0.5);
        assertThat(ada().labelled()).isEqualTo(2);
        assertThat(ada().estimated())
                .as("what was estimated stands beside it, as it was")
                .map(AccuracyEstimate::getValue)
                .contains(0.9);
    }

    @Test
    void shouldForgetUsersWhenTheirPartitionsGoElsewhere() {
        view.reported(report(1));
        view.keepOnly(Set.of(view.partitionOf("ada")));
        assertThat(view.find(ADA)).isPresent();
        view.keepOnly(Set.of((view.partitionOf("ada") + 1) % 6));
        assertThat(view.find(ADA)).isEmpty();
    }

    private static PruningReport report(long version) {
        return PruningReport.newBuilder()
                .setUserId("ada")
                .setModelId("kws")
                .setOutcome(PruningOutcome.PRUNING_OUTCOME_PUBLISHED)
                .setVersion(version)
                .setDecidedAtMillis(1_000)
                .setSparsity(Sparsity.newBuilder().setNodes(0.5))
                .setSourceAccuracy(AccuracyEstimate.newBuilder()
                        .setValue(0.5)
                        .setLower(0.4)
                        .setUpper(0.6))
                .setEvidence(Evidence.newBuilder()
                        .setEventsSeen(200)
                        .setEstimatedAccuracy(AccuracyEstimate.newBuilder()
                                .setValue(0.9)
                                .setLower(0.8)
                                .setUpper(0.95)))
                .build();
    }

    private static MaskAcknowledgement answer(long version, AcknowledgementStatus status) {
        return MaskAcknowledgement.newBuilder()
                .setUserId("ada")
                .setModelId("kws")
                .setVersion(version)
                .setStatus(status)
                .build();
    }

    private static FeedbackLabel label(long version, String predicted) {
        return FeedbackLabel.newBuilder()
                .setUserId("ada")
                .setModelId("kws")
                .setLabel("a")
                .setPredicted(predicted)
                .setMaskVersion(version)
                .build();
    }
}
