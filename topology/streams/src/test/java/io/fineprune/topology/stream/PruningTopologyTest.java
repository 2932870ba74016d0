package io.fineprune.topology.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.groups.Tuple.tuple;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.schemas.v1.Trigger;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.pruning.PruningPlan;
import io.fineprune.topology.sums.ActivationSums;
import io.fineprune.topology.sums.SumsAccumulator;
import io.fineprune.topology.sums.SumsReading;
import io.fineprune.topology.testing.Events;
import io.fineprune.topology.testing.ReferencePruner;
import io.fineprune.topology.testing.TinyNet;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PruningTopologyTest {
    @TempDir
    Path state;

    @ParameterizedTest
    @EnumSource(Routing.class)
    void shouldPublishMaskWhenBudgetIsReached(Routing routing) {
        try (Harness harness = new Harness(Harness.settings(4, new Budget(20, 0, 1), routing), state)) {
            harness.send("theo", 0, 19);
            harness.settle();
            assertThat(harness.masks()).isEmpty();
            harness.send("theo", 19, 20);
            harness.settle();
            assertThat(harness.masks()).singleElement().satisfies(update -> {
                assertThat(update.getUserId()).isEqualTo("theo");
                assertThat(update.getVersion()).isEqualTo(1);
                assertThat(update.getTrigger()).isEqualTo(Trigger.TRIGGER_BUDGET_EVENTS);
                assertThat(update.getEvidence().getEventsSeen()).isEqualTo(20);
            });
            assertThat(harness.reports())
                    .singleElement()
                    .extracting(PruningReport::getOutcome)
                    .isEqualTo(PruningOutcome.PRUNING_OUTCOME_PUBLISHED);
            assertThat(harness.listener.rerouted).isEqualTo(routing == Routing.DIRECT ? 0 : 20);
        }
    }

    @Test
    void shouldHoldTheSumsThatTheModelGivesDirectly() {
        try (Harness harness = new Harness(Harness.settings(8, 200), state)) {
            for (int e = 0; e < 100; e++) {
                harness.send("theo", e, e + 1);
                harness.send("george", e, e + 1);
            }
            harness.settle();
            for (String user : List.of("theo", "george")) {
                StoredSums sums = harness.sums(user).orElseThrow();
                assertThat(sums.getEvents()).isEqualTo(100);
                double[][] direct = direct(harness.net, user, 100);
                for (int tap = 0; tap < direct[0].length; tap++) {
                    assertClose(value(sums.getAbsolute(), tap), direct[0][tap]);
                    assertClose(read(sums, harness.net).linear(tap), direct[1][tap]);
                    assertClose(value(sums.getSquared(), tap), direct[2][tap]);
                }
            }
            assertThat(harness.net.rows()).isEqualTo(200);
            assertThat(harness.net.passes()).isEqualTo(25);
        }
    }

    @Test
    void shouldPublishTheMaskOfTheReferenceImplementation() {
        try (Harness harness = new Harness(Harness.settings(8, 50), state)) {
            harness.send("theo", 0, 50);
            harness.settle();
            MaskUpdate update = harness.masks().get(0);
            StoredSums stored = harness.sums("theo").orElseThrow();
            ActivationSums sums = read(stored, harness.net);
            boolean[][] expected = new ReferencePruner(
                            harness.net.architecture(), harness.net::weights, sums, PruningPlan.DEFAULT)
                    .prune();
            List<MaskLayers.Named> layers = MaskLayers.of(update);
            assertThat(layers).hasSize(expected.length);
            for (int l = 0; l < expected.length; l++) {
                BitSet kept = layers.get(l).mask().kept();
                for (int n = 0; n < expected[l].length; n++) {
                    assertThat(kept.get(n)).as("layer %d node %d", l, n).isEqualTo(expected[l][n]);
                }
            }
            assertThat(MaskLayers.sparsity(update).getNodes()).isCloseTo(7 / 13.0, within(1e-4));
        }
    }

    @Test
    void shouldPublishTheSameBytesWhateverTheBatchesAre() {
        List<KeyValue<byte[], byte[]>> first = run(Harness.settings(1, 30), "a");
        List<KeyValue<byte[], byte[]>> again = run(Harness.settings(1, 30), "b");
        List<KeyValue<byte[], byte[]>> batched = run(Harness.settings(7, 30), "c");
        assertThat(first).hasSize(3);
        for (List<KeyValue<byte[], byte[]>> other : List.of(again, batched)) {
            assertThat(other).hasSize(3);
            for (int i = 0; i < 3; i++) {
                assertThat(other.get(i).key).isEqualTo(first.get(i).key);
                assertThat(other.get(i).value).isEqualTo(first.get(i).value);
            }
        }
    }

    @Test
    void shouldPruneOncePerRoundAndRaiseTheVersion() {
        try (Harness harness = new Harness(Harness.settings(4, new Budget(10, 0, 3), Routing.DIRECT), state)) {
            harness.send("theo", 0, 60);
            harness.settle();
            assertThat(harness.masks())
                    .extracting(
                            MaskUpdate::getVersion,
                            MaskUpdate::getParentVersion,
                            u -> u.getEvidence().getEventsSeen())
                    .containsExactly(tuple(1L, 0L, 10L), tuple(2L, 1L, 20L), tuple(3L, 2L, 30L));
        }
    }

    @Test
    void shouldPruneFurtherWithEachRoundWhenTheBudgetIsGradual() {
        Budget gradual = new Budget(10, 0, 2, true, 5);
        try (Harness harness = new Harness(Harness.settings(4, gradual, Routing.DIRECT), state)) {
            harness.send("theo", 0, 60);
            harness.settle();
            List<MaskUpdate> masks = harness.masks();
            assertThat(masks).extracting(u -> u.getEvidence().getEventsSeen()).containsExactly(15L, 25L);
            assertThat(MaskLayers.sparsity(masks.get(1)).getNodes())
                    .isGreaterThan(MaskLayers.sparsity(masks.get(0)).getNodes());
            assertThat(MaskLayers.sparsity(masks.get(0)).getNodes()).isPositive();
        }
    }

    @Test
    void shouldEvaluateWhatWaitsWhenTheDelayIsOver() {
        try (Harness harness = new Harness(Harness.settings(8, 200), state)) {
            harness.send("theo", 0, 3);
            assertThat(harness.waiting()).isEqualTo(3);
            assertThat(harness.sums("theo")).isEmpty();
            harness.driver.advanceWallClockTime(Duration.ofMillis(100));
            assertThat(harness.waiting()).isZero();
            assertThat(harness.sums("theo").orElseThrow().getEvents()).isEqualTo(3);
        }
    }

    @Test
    void shouldPruneWithWhatThereIsWhenTheTimeBudgetIsOver() {
        try (Harness harness = new Harness(Harness.settings(8, new Budget(200, 60_000, 1), Routing.DIRECT), state)) {
            harness.send("theo", 0, 5);
            harness.settle();
            harness.advanceEventTime(Duration.ofSeconds(30));
            harness.send("george", 0, 1);
            harness.settle();
            assertThat(harness.masks()).isEmpty();
            harness.advanceEventTime(Duration.ofSeconds(31));
            harness.send("george", 1, 2);
            harness.settle();
            assertThat(harness.masks()).singleElement().satisfies(update -> {
                assertThat(update.getUserId()).isEqualTo("theo");
                assertThat(update.getTrigger()).isEqualTo(Trigger.TRIGGER_BUDGET_TIME);
                assertThat(update.getEvidence().getEventsSeen()).isEqualTo(5);
            });
        }
    }

    @Test
    void shouldBeginAnewWhenTheModelIsAnotherOne() {
        try (Harness harness = new Harness(Harness.settings(4, 10), state)) {
            harness.send("theo", 0, 10);
            harness.settle();
            TinyNet other = new TinyNet(Harness.MODEL, 4, 4, Harness.INPUTS, 8, 5, 3);
            harness.sumsStore()
                    .put(
                            Harness.key("theo"),
                            SumsAccumulator.empty(other.architecture()).toStored());
            harness.send("theo", 10, 20);
            harness.settle();
            assertThat(harness.listener.restarted).isEqualTo(1);
            assertThat(harness.masks()).extracting(MaskUpdate::getVersion).containsExactly(1L, 2L);
            assertThat(harness.sums("theo").orElseThrow().getEvents()).isEqualTo(10);
        }
    }

    @Test
    void shouldRefuseAModelUnderAnotherId() {
        TinyNet net = new TinyNet("tiny", 3, 4, 6, 8, 3);
        assertThatThrownBy(() -> new PruningTopology(
                        TopologySettings.standard(1),
                        Map.of("other", net),
                        Map.of(),
                        StreamListener.NONE,
                        Clock.systemUTC(),
                        Runnable::run))
                .hasMessage("Expected model tiny under its own id, but found it under other");
    }

    private List<KeyValue<byte[], byte[]>> run(TopologySettings settings, String directory) {
        try (Harness harness = new Harness(settings, state.resolve(directory))) {
            for (int e = 0; e < 40; e++) {
                for (String user : List.of("theo", "george", "lucas")) {
                    harness.send(user, e, e + 1);
                }
            }
            harness.settle();
            return harness.rawMasks();
        }
    }

    /** [3][taps] sums of |a|, a and a squared, in double precision. */
    private static double[][] direct(TinyNet net, String user, int events) {
        double[][] sums = new double[3][net.architecture().taps()];
        for (int e = 0; e < events; e++) {
            float[] activations = net.activations(Events.values(user, e, Harness.INPUTS));
            for (int tap = 0; tap < activations.length; tap++) {
                sums[0][tap] += Math.abs((double) activations[tap]);
                sums[1][tap] += activations[tap];
                sums[2][tap] += (double) activations[tap] * activations[tap];
            }
        }
        return sums;
    }

    private static ActivationSums read(StoredSums stored, TinyNet net) {
        return ((SumsReading.Usable) SumsAccumulator.read(stored, net.architecture()))
                .sums()
                .snapshot();
    }

    private static double value(ByteString bytes, int index) {
        return bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getDouble(8 * index);
    }

    private static void assertClose(double actual, double expected) {
        assertThat(actual).isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
    }
}
