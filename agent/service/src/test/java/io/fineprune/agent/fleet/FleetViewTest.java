package io.fineprune.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.Sparsity;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredStanding;
import io.fineprune.schemas.v1.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FleetViewTest {
    private static final UserModelKey ADA = new UserModelKey("ada", "kws");

    private final KnownUsers users = new KnownUsers();
    private final FleetNews news = new FleetNews(6);
    private final FleetView view = new FleetView(users, news);

    private UserStatus ada() {
        return view.find(ADA).orElseThrow();
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        assertThat(view.forEach(user -> names.add(user.key().user()))).isTrue();
        return names;
    }

    @Test
    void shouldFollowAUserFromSourceModelToMask() {
        users.put("ada", StoredLifecycle.newBuilder().setWaitingSinceMillis(1).build());
        news.budget(ADA, 0.5);
        assertThat(ada().served()).isEqualTo(Served.SOURCE);
        assertThat(ada().budget()).hasValue(0.5);
        users.put("ada", pruned(1));
        assertThat(ada().served()).isEqualTo(Served.MASK_SENT);
        assertThat(ada().estimated()).map(AccuracyEstimate::getValue).contains(0.9);
        assertThat(ada().change()).hasValueCloseTo(0.4, within(1e-9));
        news.acknowledged(answer("a", 1, AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED));
        assertThat(ada().served()).isEqualTo(Served.MASK_APPLIED);
        users.put("ada", pruned(2));
        news.acknowledged(answer("a", 2, AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED));
        assertThat(ada().served()).isEqualTo(Served.MASK_REFUSED);
        assertThat(ada().rounds()).isEqualTo(2);
    }

    @Test
    void shouldSayThatAUserRunsTheMaskOnlyWhenEveryDeviceDoes() {
        users.put("ada", pruned(1));
        for (int d = 0; d < 10; d++) {
            news.device(ADA, "device-" + d);
        }
        news.acknowledged(answer("device-3", 1, AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED));
        assertThat(ada().served()).isEqualTo(Served.MASK_PARTLY);
        assertThat(ada().devices()).isEqualTo(10);
        assertThat(ada().devicesCurrent()).isEqualTo(1);
        for (int d = 0; d < 10; d++) {
            news.acknowledged(answer("device-" + d, 1, AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED));
        }
        assertThat(ada().served()).isEqualTo(Served.MASK_APPLIED);
    }

    @Test
    void shouldShowNobodyOfWhomOnlyMessagesSpeak() {
        users.put("ada", pruned(1));
        users.put(
                "mistyped",
                StoredLifecycle.newBuilder().addCommandIds("c1").setPaused(true).build());
        users.put(
                "forgotten",
                StoredLifecycle.newBuilder().setVersion(3).setForgotten(true).build());
        news.reported(report("*", 0));
        news.acknowledged(answer("a", 3, AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED).toBuilder()
                .setUserId("forgotten")
                .build());
        news.acknowledged(answer("a", 3, AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED).toBuilder()
                .setUserId("invented")
                .build());
        assertThat(names()).containsExactly("ada");
        assertThat(view.find(new UserModelKey("forgotten", "kws"))).isEmpty();
        assertThat(view.find(new UserModelKey("mistyped", "kws"))).isEmpty();
    }

    @Test
    void shouldShowUsersInFullWhomNoTopicRemembers() {
        users.put("ada", pruned(4));
        users.put("bob", StoredLifecycle.newBuilder().setWaitingSinceMillis(1).build());
        assertThat(names()).containsExactly("ada", "bob");
        assertThat(ada().sparsity()).isPresent();
        assertThat(ada().publishedAtMillis()).isEqualTo(1_000);
        assertThat(ada().source()).isPresent();
    }

    @Test
    void shouldSayThatUsersAreMissingWhilePartitionsMove() {
        users.move(true);
        assertThat(view.forEach(user -> {})).isFalse();
    }

    @Test
    void shouldReadHistoryOnceWhenAPartitionIsReadAgain() {
        users.put("ada", pruned(1));
        news.waits(ADA, true, 5);
        news.reported(report("ada", 1));
        news.labelled(label(1, "a"));
        news.forget(news.partitionOf("ada"));
        news.reported(report("ada", 1));
        news.labelled(label(1, "a"));
        assertThat(ada().history()).hasSize(1);
        assertThat(ada().labelled()).isEqualTo(1);
        assertThat(ada().waitsSinceMillis()).isEqualTo(5);
    }

    @Test
    void shouldMeasureOnlyWhatTheVersionInForceAnswered() {
        users.put("ada", StoredLifecycle.newBuilder().setWaitingSinceMillis(1).build());
        news.labelled(label(0, "a"));
        assertThat(ada().measured()).hasValue(1);
        users.put("ada", pruned(1));
        assertThat(ada().measured()).isEmpty();
        news.labelled(label(1, "a"));
        news.labelled(label(1, "b"));
        news.labelled(label(0, "b"));
        assertThat(ada().measured()).hasValue(0.5);
        assertThat(ada().labelled()).isEqualTo(2);
        assertThat(ada().estimated())
                .as("what was estimated stands beside it, as it was")
                .map(AccuracyEstimate::getValue)
                .contains(0.9);
    }

    @Test
    void shouldSayWhenWhatWasMeasuredLiesOutsideWhatWasEstimated() {
        users.put("ada", pruned(1));
        for (int i = 0; i < 10; i++) {
            news.labelled(label(1, "b"));
        }
        assertThat(ada().outside()).as("too few labels to tell").isEqualTo(UserStatus.Outside.NO);
        for (int i = 0; i < 100; i++) {
            news.labelled(label(1, i % 2 == 0 ? "a" : "b"));
        }
        assertThat(ada().outside()).isEqualTo(UserStatus.Outside.BELOW);
        for (int i = 0; i < 800; i++) {
            news.labelled(label(1, "a"));
        }
        assertThat(ada().outside()).isEqualTo(UserStatus.Outside.NO);
        for (int i = 0; i < 8_000; i++) {
            news.labelled(label(1, "a"));
        }
        assertThat(ada().outside()).isEqualTo(UserStatus.Outside.ABOVE);
    }

    @Test
    void shouldForgetWhatWasHeardWhenPartitionsGoElsewhere() {
        users.put("ada", pruned(1));
        news.reported(report("ada", 1));
        news.keepOnly(Set.of(news.partitionOf("ada")));
        assertThat(ada().history()).hasSize(1);
        news.keepOnly(Set.of((news.partitionOf("ada") + 1) % 6));
        assertThat(ada().history()).isEmpty();
    }

    private static StoredLifecycle pruned(long version) {
        return StoredLifecycle.newBuilder()
                .setVersion(version)
                .setStanding(StoredStanding.newBuilder()
                        .setRounds(version)
                        .setPublishedAtMillis(1_000)
                        .setDecidedAtMillis(1_000)
                        .setOutcome(PruningOutcome.PRUNING_OUTCOME_PUBLISHED)
                        .setAccuracyChange(0.4)
                        .setSparsity(Sparsity.newBuilder().setNodes(0.5))
                        .setSourceAccuracy(AccuracyEstimate.newBuilder()
                                .setValue(0.5)
                                .setLower(0.4)
                                .setUpper(0.6))
                        .setEstimatedAccuracy(AccuracyEstimate.newBuilder()
                                .setValue(0.9)
                                .setLower(0.8)
                                .setUpper(0.95)))
                .build();
    }

    private static PruningReport report(String user, long version) {
        return PruningReport.newBuilder()
                .setUserId(user)
                .setModelId("kws")
                .setTrigger(Trigger.TRIGGER_BUDGET_EVENTS)
                .setOutcome(PruningOutcome.PRUNING_OUTCOME_PUBLISHED)
                .setVersion(version)
                .setDecidedAtMillis(1_000)
                .build();
    }

    private static MaskAcknowledgement answer(String device, long version, AcknowledgementStatus status) {
        return MaskAcknowledgement.newBuilder()
                .setUserId("ada")
                .setDeviceId(device)
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
