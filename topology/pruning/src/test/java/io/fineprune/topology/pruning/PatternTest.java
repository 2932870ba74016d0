package io.fineprune.topology.pruning;

import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.schemas.v1.UpdateKind;
import io.fineprune.topology.activation.Layer;
import io.fineprune.topology.lifecycle.PersonalizationPlan;
import io.fineprune.topology.repair.RepairSettings;
import io.fineprune.topology.sums.ActivationSums;
import io.fineprune.topology.testing.WiredModel;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternTest {
    private final WiredModel model = new WiredModel(4);
    private final ActivationSums sums = model.sums(9, 10);

    private static PruningPlan plan(Granularity granularity, double sparsity) {
        return new PruningPlan(Criterion.CRITERION_FLUCTUATION, granularity, Scope.SCOPE_GLOBAL, sparsity, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "GRANULARITY_N_OF_4, 4, 0.5, 2",
        "GRANULARITY_N_OF_4, 4, 0.75, 3",
        "GRANULARITY_N_OF_4, 4, 0.99, 3",
        "GRANULARITY_N_OF_4, 4, 0, 0",
        "GRANULARITY_N_OF_8, 8, 0.5, 4",
        "GRANULARITY_N_OF_8, 8, 0.3, 2"
    })
    void shouldRemoveTheWeakestOfEveryGroupWhenPatternIsWanted(
            Granularity granularity, int size, double sparsity, int removed) {
        Mask mask = Pruner.prune(model.prunable(), sums, plan(granularity, sparsity));
        assertThat(mask.granularity()).isEqualTo(Granularity.GRANULARITY_WEIGHT);
        for (int l = 0; l < model.architecture().layers().size(); l++) {
            Layer layer = model.architecture().layers().get(l);
            double[] scores = WeightScores.of(model.prunable(), sums, plan(granularity, sparsity), l);
            int inputs = layer.weights() / layer.nodes();
            for (int n = 0; n < layer.nodes(); n++) {
                for (int from = 0; from < inputs; from += size) {
                    int to = Math.min(inputs, from + size);
                    int gone = 0;
                    double strongestGone = 0;
                    double weakestKept = Double.POSITIVE_INFINITY;
                    for (int i = from; i < to; i++) {
                        int place = i * layer.nodes() + n;
                        if (mask.keeps(l, place)) {
                            weakestKept = Math.min(weakestKept, scores[place]);
                        } else {
                            gone++;
                            strongestGone = Math.max(strongestGone, scores[place]);
                        }
                    }
                    assertThat(gone).isEqualTo(removed * (to - from) / size);
                    assertThat(strongestGone).isLessThanOrEqualTo(weakestKept);
                }
            }
        }
    }

    @Test
    void shouldObeyLimitsWhenPatternIsWanted() {
        PruningPlan plan = plan(Granularity.GRANULARITY_N_OF_4, 0.75).withLayerLimits(Map.of("conv_a", 0.0));
        Mask mask = Pruner.prune(model.prunable(), sums, plan);
        Layer first = model.architecture().layers().get(0);
        assertThat(first.name()).isEqualTo("conv_a");
        assertThat(mask.layer(0).cardinality()).isEqualTo(first.weights());
        assertThat(SparsityReport.of(model.architecture(), mask).weights()).isPositive();
    }

    @Test
    void shouldNotSolveWeightsAgainWhenSingleWeightsAreRemoved() {
        assertThat(new PersonalizationPlan(
                                plan(Granularity.GRANULARITY_N_OF_4, 0.5),
                                UpdateKind.UPDATE_KIND_REFIT,
                                true,
                                true,
                                RepairSettings.DEFAULT)
                        .kind())
                .isEqualTo(UpdateKind.UPDATE_KIND_MASK);
    }
}
