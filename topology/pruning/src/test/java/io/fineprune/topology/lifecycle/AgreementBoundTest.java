package io.fineprune.topology.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgreementBoundTest {
    /** Without disagreements the bound is 1 - 0.05^(1/n); the others are quantiles of the beta distribution. */
    @ParameterizedTest
    @CsvSource({"0, 1, 0.95", "0, 20, 0.13911", "0, 59, 0.04951", "1, 93, 0.05000", "4, 200, 0.04516", "5, 200, 0.05176"
    })
    void shouldBeTheBoundOfClopperAndPearson(int disagreements, int events, double bound) {
        assertThat(AgreementBound.upper(disagreements, events)).isCloseTo(bound, within(2e-4));
    }

    @Test
    void shouldPromiseNothingWithoutAgreement() {
        assertThat(AgreementBound.upper(0, 0)).isEqualTo(1);
        assertThat(AgreementBound.upper(7, 7)).isEqualTo(1);
        assertThat(AgreementBound.upper(6, 7)).isLessThan(1);
    }
}
