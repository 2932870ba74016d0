package io.fineprune.topology.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fineprune.schemas.v1.Criterion;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.LayerMask;
import io.fineprune.schemas.v1.Scope;
import io.fineprune.topology.activation.UnitGroup;
import io.fineprune.topology.sums.ActivationSums;
import io.fineprune.topology.testing.ReferencePruner;
import io.fineprune.topology.testing.TinyNet;
import io.fineprune.topology.testing.WiredModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrunerTest {
    static List<PruningPlan> plans() {
        List<PruningPlan> plans = new ArrayList<>();
        List<Criterion> criteria = List.of(
                Criterion.CRITERION_ACTIVATION,
                Criterion.CRITERION_CONTRIBUTION,
                Criterion.CRITERION_FLUCTUATION,
                Criterion.CRITERION_MAGNITUDE,
                Criterion.CRITERION_RANDOM);
        for (Criterion criterion : criteria) {
            for (Granularity granularity : List.of(Granularity.GRANULARITY_NODE, Granularity.GRANULARITY_WEIGHT)) {
                for (Scope scope : List.of(Scope.SCOPE_LAYER, Scope.SCOPE_GLOBAL)) {
                    for (double sparsity : new double[] {0, 0.3, 0.5, 0.7, 0.99}) {
                        plans.add(new PruningPlan(criterion, granularity, scope, sparsity, 5));
                    }
                }
            }
        }
        return plans;
    }

    @ParameterizedTest
    @MethodSource("plans")
    void shouldEqualTheReferenceWhenChannelsAreTied(PruningPlan plan) {
        for (long seed = 1; seed <= 5; seed++) {
            WiredModel model = new WiredModel(seed);
            ActivationSums sums = model.sums(seed + 100, 30);
            Mask mask = Pruner.prune(model.prunable(), sums, plan);
            if (plan.criterion() != Criterion.CRITERION_RANDOM) {
                assertEqual(mask, new ReferencePruner(model.architecture(), model::weights, sums, plan).prune());
            }
            assertEverythingKeepsSomething(model, mask);
        }
    }

    @Test
    void shouldRemoveTheLowerIndexFirstWhenScoresAreEqual() {
        double[] scores = {3, 1, 1, 1, 2};
        assertThat(Selection.keep(scores, 2).toString()).isEqualTo("{0, 3, 4}");
        assertThat(Selection.keep(new double[6], 4).toString()).isEqualTo("{4, 5}");
        assertThat(Selection.keep(new double[6], 6).toString()).isEqualTo("{5}");
        assertThat(Selection.keepGlobally(List.of(new double[3], new double[3]), new int[] {2, 2}, 3)
                        .toString())
                .isEqualTo("[{2}, {1, 2}]");
    }

    @Test
    void shouldRemoveTheShareRoundedToTheNearest() {
        TinyNet net = new TinyNet("tiny", 3, 4, 6, 10, 7, 3);
        PruningPlan plan = plan(Granularity.GRANULARITY_NODE, 0.35);
        Mask mask = Pruner.prune(PrunableModel.of(net), ActivationSums.empty(net.architecture()), plan);
        assertThat(mask.layer(0).cardinality()).isEqualTo(6);
        assertThat(mask.layer(1).cardinality()).isEqualTo(5);
        assertThat(mask.layer(2).cardinality()).isEqualTo(3);
    }

    @Test
    void shouldKeepTheMembersOfAUnitAlike() {
        WiredModel model = new WiredModel(4);
        Mask mask = Pruner.prune(model.prunable(), model.sums(9, 10), plan(Granularity.GRANULARITY_NODE, 0.5));
        assertThat(mask.layer(0)).isEqualTo(mask.layer(1));
        assertThat(mask.layer(2)).isEqualTo(mask.layer(3));
        assertThat(mask.layer(5).cardinality()).isEqualTo(3);
    }

    @Test
    void shouldDrawAnotherMaskWhenTheSeedIsAnother() {
        WiredModel model = new WiredModel(4);
        ActivationSums sums = model.sums(9, 10);
        PruningPlan plan =
                new PruningPlan(Criterion.CRITERION_RANDOM, Granularity.GRANULARITY_WEIGHT, Scope.SCOPE_LAYER, 0.5, 1);
        PruningPlan other =
                new PruningPlan(Criterion.CRITERION_RANDOM, Granularity.GRANULARITY_WEIGHT, Scope.SCOPE_LAYER, 0.5, 2);
        assertThat(Pruner.prune(model.prunable(), sums, plan))
                .isEqualTo(Pruner.prune(model.prunable(), sums, plan))
                .isNotEqualTo(Pruner.prune(model.prunable(), sums, other));
    }

    @Test
    void shouldRefuseSumsOfAnotherModel() {
        WiredModel model = new WiredModel(4);
        ActivationSums foreign = new WiredModel(5).sums(9, 10);
        assertThatThrownBy(() -> Pruner.prune(model.prunable(), foreign, PruningPlan.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected sums of model wired");
    }

    @Test
    void shouldNameEveryLayerInTheMessages() {
        WiredModel model = new WiredModel(4);
        Mask mask = Pruner.prune(model.prunable(), model.sums(9, 10), plan(Granularity.GRANULARITY_WEIGHT, 0.5));
        assertThat(mask.toLayerMasks(model.architecture()))
                .extracting(LayerMask::getLayer)
                .containsExactly("conv_a", "depthwise_b", "conv_c", "conv_d", "dense_e", "dense_f");
        assertThat(mask.toLayerMasks(model.architecture()))
                .extracting(LayerMask::getSize)
                .containsExactly(108, 36, 24, 324, 120, 15);
    }

    private static void assertEqual(Mask mask, boolean[][] expected) {
        for (int l = 0; l < expected.length; l++) {
            for (int i = 0; i < expected[l].length; i++) {
                assertThat(mask.keeps(l, i)).as("layer %d, bit %d", l, i).isEqualTo(expected[l][i]);
            }
        }
    }

    private static void assertEverythingKeepsSomething(WiredModel model, Mask mask) {
        for (int l = 0; l < mask.layers().size(); l++) {
            assertThat(mask.layer(l).isEmpty()).as("layer %d is empty", l).isFalse();
        }
        if (mask.granularity() == Granularity.GRANULARITY_NODE) {
            for (UnitGroup group : model.architecture().groups()) {
                assertThat(mask.layer(group.layers().get(0)).cardinality()).isPositive();
            }
        }
    }

    private static PruningPlan plan(Granularity granularity, double sparsity) {
        return new PruningPlan(Criterion.CRITERION_ACTIVATION, granularity, Scope.SCOPE_LAYER, sparsity, 0);
    }
}
