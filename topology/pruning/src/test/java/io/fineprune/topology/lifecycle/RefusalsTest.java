package io.fineprune.topology.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.schemas.v1.AccuracyEstimate;
import io.fineprune.schemas.v1.ReasonCode;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    @Test
    void shouldSayWhatIsExpectedAndWhatCouldBeInstead() {
        assertThat(Refusals.unsure(0.056, -0.025, 0.86, 0.95))
                .isEqualTo(new Why(
                        ReasonCode.REASON_CODE_GAIN_UNSURE,
                        "Held back: expected gain 5.6 points, but with so few events it could be a loss of 2.5."));
        assertThat(Refusals.unsure(0.056, 0.01, 0.86, 0.95).sentence())
                .isEqualTo(
                        "Held back: expected gain 5.6 points, but only 86 % sure to be no loss, and 95 % are asked.");
        assertThat(Refusals.unsure(-0.012, -0.04, 0.3, 0.95).sentence())
                .isEqualTo(
                        "Held back: no update is expected to be better than the source model; the best would lose 1.2 points.");
    }

    @Test
    void shouldNameTheUpdateInForceWhenThatIsBetter() {
        Why why = Refusals.worse(
                AccuracyEstimate.newBuilder().setValue(0.946).build(),
                AccuracyEstimate.newBuilder().setValue(0.975).build());
        assertThat(why.code()).isEqualTo(ReasonCode.REASON_CODE_WORSE_THAN_IN_FORCE);
        assertThat(why.sentence()).contains("97.5 %").contains("94.6 %");
    }
}
