package io.fineprune.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.agent.fleet.FleetNews;
import io.fineprune.agent.fleet.FleetView;
import io.fineprune.agent.fleet.KnownUsers;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.AcknowledgementStatus;
import io.fineprune.schemas.v1.FeedbackLabel;
import io.fineprune.schemas.v1.MaskAcknowledgement;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredStanding;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

class FleetMetricsTest {
    private final KnownUsers users = new KnownUsers();
    private final FleetNews news = new FleetNews(6);
    private final FleetView view = new FleetView(users, news);

    @Test
    void shouldCountAnswersOfDevicesWhenTheyConcernOwnModels() {
        try (AgentMetrics metrics = new AgentMetrics()) {
            FleetMetrics fleet = new FleetMetrics(metrics, view, Clock.systemUTC(), List.of("kws"));
            fleet.acknowledged(answer("kws", AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED));
            fleet.acknowledged(answer("kws", AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_REFUSED));
            fleet.acknowledged(answer("invented", AcknowledgementStatus.ACKNOWLEDGEMENT_STATUS_APPLIED));
            fleet.labelled(label("kws", "yes", "yes", 0));
            fleet.labelled(label("kws", "yes", "no", 3));
            fleet.labelled(label("invented", "yes", "no", 3));
            assertThat(metrics.scrape())
                    .contains("fineprune_acknowledgements_total{model=\"kws\",status=\"applied\"} 1.0")
                    .contains("fineprune_acknowledgements_total{model=\"kws\",status=\"refused\"} 1.0")
                    .contains("fineprune_swap_seconds_sum{model=\"kws\"} 0.04")
                    .contains("fineprune_swap_gap_seconds_count{model=\"kws\"} 1")
                    .contains("fineprune_missed_inferences_total{model=\"kws\"} 4.0")
                    .contains("fineprune_labels_total{answered=\"source\",model=\"kws\",result=\"right\"} 1.0")
                    .contains("fineprune_labels_total{answered=\"mask\",model=\"kws\",result=\"wrong\"} 1.0")
                    .doesNotContain("invented");
        }
    }

    @Test
    void shouldSpreadUsersOverBucketsWhenTheirBudgetsAreHeardOf() {
        try (AgentMetrics metrics = new AgentMetrics()) {
            var unused = new FleetMetrics(metrics, view, Clock.systemUTC(), List.of("kws"));
            users.put(
                    "ada", StoredLifecycle.newBuilder().setWaitingSinceMillis(1).build());
            users.put(
                    "bob", StoredLifecycle.newBuilder().setWaitingSinceMillis(1).build());
            news.budget(new UserModelKey("ada", "kws"), 0.25);
            news.budget(new UserModelKey("bob", "kws"), 0.75);
            news.budget(new UserModelKey("eve", "another"), 0.75);
            assertThat(metrics.scrape())
                    .contains("fineprune_budget_users{le=\"0.2\",model=\"kws\"} 0.0")
                    .contains("fineprune_budget_users{le=\"0.3\",model=\"kws\"} 1.0")
                    .contains("fineprune_budget_users{le=\"0.8\",model=\"kws\"} 2.0")
                    .contains("fineprune_budget_users{le=\"+Inf\",model=\"kws\"} 2.0")
                    .contains("fineprune_served_users{by=\"source\",model=\"kws\"} 2.0");
        }
    }

    @Test
    void shouldCountNobodyAsWorseWhomTheMaskNeitherHelpsNorHarms() {
        try (AgentMetrics metrics = new AgentMetrics()) {
            var unused = new FleetMetrics(metrics, view, Clock.systemUTC(), List.of("kws"));
            users.put("same", estimated(0.5, 0.5));
            users.put("better", estimated(0.5, 0.7));
            assertThat(metrics.scrape())
                    .contains("fineprune_accuracy_change_users{le=\"0.0\",model=\"kws\"} 1.0")
                    .contains("fineprune_accuracy_change_users{le=\"-0.001\",model=\"kws\"} 0.0")
                    .contains("fineprune_attention_users{model=\"kws\",why=\"worse\"} 0.0");
        }
        try (AgentMetrics metrics = new AgentMetrics()) {
            var unused = new FleetMetrics(metrics, view, Clock.systemUTC(), List.of("kws"));
            users.put("worse", estimated(0.5, 0.48));
            assertThat(metrics.scrape())
                    .contains("fineprune_accuracy_change_users{le=\"-0.001\",model=\"kws\"} 1.0")
                    .contains("fineprune_attention_users{model=\"kws\",why=\"worse\"} 1.0");
        }
    }

    private static StoredLifecycle estimated(double source, double mask) {
        return StoredLifecycle.newBuilder()
                .setVersion(1)
                .setStanding(StoredStanding.newBuilder()
                        .setAccuracyChange(mask - source)
                        .setSourceAccuracy(AccuracyEstimate.newBuilder().setValue(source))
                        .setEstimatedAccuracy(AccuracyEstimate.newBuilder().setValue(mask)))
                .build();
    }

    private static MaskAcknowledgement answer(String model, AcknowledgementStatus status) {
        return MaskAcknowledgement.newBuilder()
                .setUserId("ada")
                .setModelId(model)
                .setStatus(status)
                .setSwapMicros(40_000)
                .setLongestGapMicros(20)
                .setMissedInferences(2)
                .build();
    }

    private static FeedbackLabel label(String model, String label, String predicted, long version) {
        return FeedbackLabel.newBuilder()
                .setUserId("ada")
                .setModelId(model)
                .setLabel(label)
                .setPredicted(predicted)
                .setMaskVersion(version)
                .build();
    }
}
