package io.fineprune.topology.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.topology.sums.ActivationSums;
import io.fineprune.topology.testing.TinyNet;
import io.fineprune.topology.testing.WiredModel;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LimitsAndTargetsTest {
    private final WiredModel model = new WiredModel(4);
    private final ActivationSums sums = model.sums(9, 10);

    static Stream<Arguments> kinds() {
        return Stream.of(Granularity.GRANULARITY_NODE, Granularity.GRANULARITY_WEIGHT)
                .flatMap(granularity -> Stream.of(Scope.SCOPE_LAYER, Scope.SCOPE_GLOBAL)
                        .map(scope -> Arguments.of(granularity, scope)));
    }

    private static PruningPlan plan(Granularity granularity, Scope scope, double sparsity) {
        return new PruningPlan(Criterion.CRITERION_FLUCTUATION, granularity, scope, sparsity, 0);
    }

    private double keptMacs(PruningPlan plan) {
        return 1
                - SparsityReport.of(model.architecture(), Pruner.prune(model.prunable(), sums, plan))
                        .macShare();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldTakeTheLeastSparsityThatMeetsTheBudgetOfOperations(Granularity granularity, Scope scope) {
        PruningPlan plan = plan(granularity, scope, 0);
        for (double target : new double[] {1, 0.8, 0.55, 0.4}) {
            PruningPlan resolved = Pruner.resolve(model.prunable(), sums, plan.withTargetMacs(target));
            assertThat(resolved.targetMacs()).isEmpty();
            assertThat(keptMacs(resolved)).isLessThanOrEqualTo(target);
            assertThat(Pruner.prune(model.prunable(), sums, plan.withTargetMacs(target)))
                    .isEqualTo(Pruner.prune(model.prunable(), sums, resolved));
            if (resolved.sparsity() > 0) {
                assertThat(keptMacs(plan.withSparsity((Math.round(resolved.sparsity() * 10_000) - 1) / 10_000.0)))
                        .as("a little less sparsity does not meet %s", target)
                        .isGreaterThan(target);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldObeyLimitsWhateverTheSparsity(Granularity granularity, Scope scope) {
        for (double sparsity : new double[] {0.3, 0.7, 0.99}) {
            PruningPlan plan =
                    plan(granularity, scope, sparsity).withLayerLimits(Map.of("conv_a", 0.0, "dense_e", 0.34));
            Mask mask = Pruner.prune(model.prunable(), sums, plan);
            int first = layer("conv_a");
            int last = layer("dense_e");
            int all = size(granularity, last);
            assertThat(mask.layer(first).cardinality()).isEqualTo(size(granularity, first));
            assertThat(all - mask.layer(last).cardinality()).isLessThanOrEqualTo((int) (0.34 * all + 1e-9));
            if (granularity == Granularity.GRANULARITY_NODE) {
                int tied = layer("depthwise_b");
                assertThat(mask.layer(tied).cardinality())
                        .as("what is tied to a protected layer stays")
                        .isEqualTo(size(granularity, tied));
            }
        }
    }

    @Test
    void shouldRemoveAsManyWhenLimitsDoNotBind() {
        PruningPlan plan = plan(Granularity.GRANULARITY_NODE, Scope.SCOPE_GLOBAL, 0.5);
        assertThat(Pruner.prune(model.prunable(), sums, plan.withLayerLimits(Map.of("dense_e", 0.99))))
                .isEqualTo(Pruner.prune(model.prunable(), sums, plan));
    }

    @Test
    void shouldCountExactSharesWhenBinaryFractionsFallShort() {
        TinyNet net = new TinyNet("tiny", 3, 4, 100, 100, 7, 3);
        String name = net.architecture().layers().get(0).name();
        PruningPlan plan = new PruningPlan(
                        Criterion.CRITERION_MAGNITUDE, Granularity.GRANULARITY_NODE, Scope.SCOPE_LAYER, 0.9, 0)
                .withLayerLimits(Map.of(name, 0.29));
        Mask mask = Pruner.prune(PrunableModel.of(net), ActivationSums.empty(net.architecture()), plan);
        int nodes = net.architecture().layers().get(0).nodes();
        assertThat(nodes - mask.layer(0).cardinality()).isEqualTo(Math.round(0.29 * nodes - 0.4999));
    }

    @Test
    void shouldSayWhatIsPossibleWhenTheBudgetCannotBeMet() {
        PruningPlan plan = plan(Granularity.GRANULARITY_NODE, Scope.SCOPE_LAYER, 0)
                .withLayerLimits(Map.of("conv_a", 0.0, "conv_c", 0.0, "conv_d", 0.0))
                .withTargetMacs(0.01);
        assertThatThrownBy(() -> Pruner.prune(model.prunable(), sums, plan))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("operations to keep of at least 0.")
                .hasMessageContaining("but was 0.0100");
    }

    @Test
    void shouldNameTheLayersWhenALimitIsForAnother() {
        PruningPlan plan = PruningPlan.DEFAULT.withLayerLimits(Map.of("conv_z", 0.1));
        assertThatThrownBy(() -> Pruner.prune(model.prunable(), sums, plan))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("conv_a")
                .hasMessageContaining("but was conv_z");
    }

    private int layer(String name) {
        for (int l = 0; l < model.architecture().layers().size(); l++) {
            if (model.architecture().layers().get(l).name().equals(name)) {
                return l;
            }
        }
        throw new AssertionError("no layer " + name);
    }

    private int size(Granularity granularity, int layer) {
        var described = model.architecture().layers().get(layer);
        return granularity == Granularity.GRANULARITY_NODE ? described.nodes() : described.weights();
    }
}
