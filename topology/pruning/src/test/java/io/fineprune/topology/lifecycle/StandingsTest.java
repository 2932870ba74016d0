package io.fineprune.topology.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredStanding;
import org.junit.jupiter.api.Test;

class StandingsTest {
    private static final ByteString GRAPH = ByteString.copyFrom(new byte[32]);

    @Test
    void shouldCompareOnlyWhatOnePassEstimated() {
        StoredLifecycle published = Standings.published(
                StoredLifecycle.getDefaultInstance(),
                report(0.9).setSourceAccuracy(of(0.5)).build(),
                GRAPH);
        assertThat(published.getStanding().getAccuracyChange()).isCloseTo(0.4, within(1e-9));
        StoredStanding held = Standings.unpublished(
                        published,
                        report(0.6)
                                .setOutcome(PruningOutcome.PRUNING_OUTCOME_HELD_BACK)
                                .setSourceAccuracy(of(0.95))
                                .build())
                .getStanding();
        assertThat(held.getAccuracyChange())
                .as("what another pass thinks of the source model changes nothing of the mask in force")
                .isCloseTo(0.4, within(1e-9));
        assertThat(held.getEstimatedAccuracy().getValue()).isEqualTo(0.9);
        assertThat(held.getRounds()).isEqualTo(2);
        StoredStanding again =
                Standings.again(published, report(0.8).build(), GRAPH).getStanding();
        assertThat(again.hasAccuracyChange()).isFalse();
        assertThat(again.getRounds()).isEqualTo(1);
    }

    private static PruningReport.Builder report(double estimate) {
        PruningReport.Builder report = PruningReport.newBuilder()
                .setOutcome(PruningOutcome.PRUNING_OUTCOME_PUBLISHED)
                .setDecidedAtMillis(1);
        report.getEvidenceBuilder().setEstimatedAccuracy(of(estimate));
        return report;
    }

    private static AccuracyEstimate of(double value) {
        return AccuracyEstimate.newBuilder().setValue(value).build();
    }
}
