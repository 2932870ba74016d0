package io.fineprune.topology.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fineprune.schemas.v1.Granularity;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.testing.WiredModel;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SparsityReportTest {
    private final Architecture architecture = new WiredModel(1).architecture();

    @Test
    void shouldCountWhatRemovedInputsTakeAlong() {
        BitSet units = new BitSet();
        units.set(0, 15);
        units.clear(1);
        units.clear(4);
        units.clear(5);
        units.clear(12);
        SparsityReport report = SparsityReport.of(architecture, Mask.ofUnits(architecture, units));
        // Nodes: 1 of conv_a and depthwise_b each, 2 of conv_c and conv_d each, 1 of dense_e; 25 are prunable.
        assertThat(report.nodes()).isEqualTo(7);
        assertThat(report.allNodes()).isEqualTo(25);
        // Kept: 9*3*3 + 9*3 + 3*4 + 9*4*4 + 16*4 + 4*3, of 108 + 36 + 24 + 324 + 120 + 15.
        assertThat(report.allWeights()).isEqualTo(627);
        assertThat(report.weights()).isEqualTo(627 - (81 + 27 + 12 + 144 + 64 + 12));
        assertThat(report.allMacs()).isEqualTo(16 * (108 + 36 + 24) + 4 * 324 + 120 + 15);
        assertThat(report.macs()).isEqualTo(report.allMacs() - (16 * (81 + 27 + 12) + 4 * 144 + 64 + 12));
        assertThat(report.toMessage().getNodes()).isCloseTo(0.28, within(1e-12));
    }

    @Test
    void shouldCountSingleWeights() {
        List<BitSet> layers = IntStream.range(0, 6)
                .mapToObj(l -> {
                    BitSet bits = new BitSet();
                    bits.set(l, architecture.layers().get(l).weights());
                    return bits;
                })
                .toList();
        SparsityReport report = SparsityReport.of(architecture, new Mask(Granularity.GRANULARITY_WEIGHT, layers));
        assertThat(report.nodes()).isZero();
        assertThat(report.weights()).isEqualTo(1 + 2 + 3 + 4 + 5);
        assertThat(report.macs()).isEqualTo(16 * (1 + 2) + 4 * 3 + 4 + 5);
    }

    @Test
    void shouldCountNothingWhenEverythingIsKept() {
        BitSet units = new BitSet();
        units.set(0, 15);
        SparsityReport report = SparsityReport.of(architecture, Mask.ofUnits(architecture, units));
        assertThat(report.nodeShare() + report.weightShare() + report.macShare())
                .isZero();
    }
}
