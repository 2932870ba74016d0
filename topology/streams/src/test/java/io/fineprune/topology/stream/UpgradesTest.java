package io.fineprune.topology.stream;

import static io.fineprune.topology.stream.Harness.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.StoredInput;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.MaskUpdates;
import io.fineprune.topology.lifecycle.UpkeepSettings;
import io.fineprune.topology.pruning.PruningPlan;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent starts with other graphs under the same model id, on the stores that it left. */
class UpgradesTest {
    private static final long OLD = 3;
    private static final long NEW = 4;
    private static final long THIRD = 5;
    private static final int BUDGET = 20;
    private static final int RESERVOIR = 8;

    @TempDir
    private Path folder;

    private int started;

    @Test
    void shouldKeepTheOldSumsBesideTheNewOnesUntilAMaskIsPublished() {
        try (Harness old = harness(OLD)) {
            old.send("theo", 0, 25);
            assertThat(old.masks()).extracting(MaskUpdate::getVersion).containsExactly(1L);
            old.settle();
            StoredSums before = old.sums("theo").orElseThrow();
            try (Harness harness = after(old, NEW)) {
                harness.send("theo", 25, 30);
                harness.settle();
                StoredSums both = harness.sums("theo").orElseThrow();
                assertThat(both.getEvents()).isEqualTo(5);
                assertThat(both.getPrevious()).isEqualTo(before);
                assertThat(both.getModelFingerprint()).isNotEqualTo(before.getModelFingerprint());
                StoredLifecycle state = harness.lifecycle("theo").orElseThrow();
                assertThat(state.getVersion()).isEqualTo(1);
                assertThat(state.getPrunings()).isZero();
                assertThat(state.getPrevious().getPrunings()).isEqualTo(1);
                assertThat(state.getPrevious().getEventsAtLastPruning()).isEqualTo(BUDGET);
                assertThat(inputs(harness)).hasSize(5 + RESERVOIR);
                assertThat(harness.rawMasks()).isEmpty(); // what is in force stays
                harness.send("theo", 30, 25 + BUDGET);
                harness.settle();
                MaskUpdate mask = harness.masks().get(0);
                assertThat(mask.getVersion()).isEqualTo(2);
                assertThat(MaskUpdates.isOf(mask, harness.net.architecture())).isTrue();
                assertThat(mask.getEvidence().getEventsSeen()).isEqualTo(BUDGET);
                assertThat(harness.sums("theo").orElseThrow().hasPrevious()).isFalse();
                assertThat(harness.lifecycle("theo").orElseThrow().hasPrevious())
                        .isFalse();
                assertThat(inputs(harness)).hasSize(RESERVOIR);
                assertThat(harness.listener.restarted).isEqualTo(1);
            }
        }
    }

    @Test
    void shouldGoOnAsIfNothingHadBeenBetweenWhenTheOldGraphIsBack() {
        MaskUpdate expectedMask;
        StoredSums expectedSums;
        List<KeyValue<Integer, StoredInput>> expectedInputs;
        try (Harness straight = harness(OLD)) {
            straight.send("theo", 0, 25);
            straight.send("theo", 30, 45);
            straight.command(command("again", "theo", CommandAction.COMMAND_ACTION_REPRUNE));
            expectedMask = straight.masks().get(1);
            expectedSums = straight.sums("theo").orElseThrow();
            expectedInputs = inputs(straight);
        }
        try (Harness old = harness(OLD)) {
            old.send("theo", 0, 25);
            try (Harness upgraded = after(old, NEW)) {
                upgraded.send("theo", 25, 30);
                upgraded.settle();
                try (Harness back = after(upgraded, OLD)) {
                    back.send("theo", 30, 45);
                    back.command(command("again", "theo", CommandAction.COMMAND_ACTION_REPRUNE));
                    assertThat(back.masks()).containsExactly(expectedMask);
                    assertThat(back.sums("theo")).contains(expectedSums);
                    assertThat(inputs(back)).isEqualTo(expectedInputs);
                    assertThat(back.lifecycle("theo").orElseThrow().hasPrevious())
                            .isFalse();
                    assertThat(back.listener.restarted).isZero();
                }
            }
        }
    }

    @Test
    void shouldNotGoBackOnceAMaskOfTheNewGraphIsPublished() {
        try (Harness old = harness(OLD)) {
            old.send("theo", 0, 25);
            try (Harness upgraded = after(old, NEW)) {
                upgraded.send("theo", 25, 27);
                upgraded.command(command("now", "theo", CommandAction.COMMAND_ACTION_REPRUNE));
                assertThat(upgraded.masks()).hasSize(1);
                assertThat(upgraded.sums("theo").orElseThrow().hasPrevious()).isFalse();
                try (Harness back = after(upgraded, OLD)) {
                    back.send("theo", 30, 34);
                    StoredSums sums = back.sums("theo").orElseThrow();
                    assertThat(sums.getEvents()).isEqualTo(4);
                    assertThat(sums.getPrevious().getEvents()).isEqualTo(2);
                }
            }
        }
    }

    @Test
    void shouldKeepTheGraphOfTheMaskInForceWhenAThirdOneComes() {
        try (Harness old = harness(OLD)) {
            old.send("theo", 0, 25);
            old.settle();
            StoredSums before = old.sums("theo").orElseThrow();
            try (Harness second = after(old, NEW)) {
                second.send("theo", 25, 29);
                try (Harness third = after(second, THIRD)) {
                    third.send("theo", 29, 33);
                    StoredSums sums = third.sums("theo").orElseThrow();
                    assertThat(sums.getEvents()).isEqualTo(4);
                    assertThat(sums.getPrevious()).isEqualTo(before);
                    assertThat(inputs(third)).hasSize(4 + RESERVOIR);
                    assertThat(third.lifecycle("theo")
                                    .orElseThrow()
                                    .getPrevious()
                                    .getPrunings())
                            .isEqualTo(1);
                }
            }
        }
    }

    @Test
    void shouldForgetBothWhenToldTo() {
        for (CommandAction action : List.of(CommandAction.COMMAND_ACTION_RESET, CommandAction.COMMAND_ACTION_FORGET)) {
            try (Harness old = harness(OLD)) {
                old.send("theo", 0, 25);
                try (Harness upgraded = after(old, NEW)) {
                    upgraded.send("theo", 25, 29);
                    upgraded.command(command("enough", "theo", action));
                    assertThat(upgraded.sums("theo")).isEmpty();
                    assertThat(inputs(upgraded)).isEmpty();
                    assertThat(upgraded.lifecycle("theo").orElseThrow().hasPrevious())
                            .isFalse();
                }
            }
        }
    }

    @Test
    void shouldTakeWhatIsKnownOfDriftUpAgain() {
        try (Harness old = harness(OLD, 10)) {
            old.send("theo", 0, 28);
            old.settle();
            StoredSums before = old.sums("theo").orElseThrow();
            assertThat(before.getDriftReference()).isNotEmpty();
            try (Harness upgraded = after(old, NEW, 10)) {
                upgraded.send("theo", 28, 32);
                try (Harness back = after(upgraded, OLD, 10);
                        Harness straight = after(old, OLD, 10)) {
                    back.send("theo", 32, 36);
                    straight.send("theo", 32, 36);
                    assertThat(back.sums("theo")).isEqualTo(straight.sums("theo"));
                }
            }
        }
    }

    private Harness harness(long seed) {
        return harness(seed, 0);
    }

    private Harness harness(long seed, int driftBlock) {
        started++;
        return new Harness(
                new TopologySettings(
                        Harness.TOPICS,
                        1,
                        Routing.DIRECT,
                        4,
                        100,
                        new EffectiveSettings(PruningPlan.DEFAULT, new Budget(BUDGET, 0, 1)),
                        RESERVOIR,
                        3,
                        1,
                        new UpkeepSettings(2, 3, driftBlock > 0 ? 1000 : 0, Math.max(10, driftBlock), 0, 0)),
                folder.resolve("state-" + started),
                seed);
    }

    private Harness after(Harness stopped, long seed) {
        return after(stopped, seed, 0);
    }

    /** The agent on the stores that another one left. */
    private Harness after(Harness stopped, long seed, int driftBlock) {
        stopped.settle();
        Harness started = harness(seed, driftBlock);
        for (String store : List.of(
                Names.ACTIVATION_SUMS_STORE,
                Names.USER_LIFECYCLE_STORE,
                Names.USER_RESERVOIR_STORE,
                Names.USER_UPDATES_STORE)) {
            copy(stopped.driver.getKeyValueStore(store), started.driver.getKeyValueStore(store));
        }
        return started;
    }

    private static void copy(KeyValueStore<Object, Object> from, KeyValueStore<Object, Object> to) {
        try (KeyValueIterator<Object, Object> all = from.all()) {
            all.forEachRemaining(entry -> to.put(entry.key, entry.value));
        }
    }

    /** By place. */
    private static List<KeyValue<Integer, StoredInput>> inputs(Harness harness) {
        List<KeyValue<Integer, StoredInput>> inputs = new ArrayList<>();
        KeyValueStore<byte[], StoredInput> store = harness.driver.getKeyValueStore(Names.USER_RESERVOIR_STORE);
        try (KeyValueIterator<byte[], StoredInput> all = store.all()) {
            all.forEachRemaining(entry -> inputs.add(
                    KeyValue.pair(ByteBuffer.wrap(entry.key).getInt(entry.key.length - Integer.BYTES), entry.value)));
        }
        return inputs;
    }
}
