package io.fineprune.topology.stream;

import static io.fineprune.topology.stream.Harness.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruneCommand;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.StoredInput;
import io.fineprune.topology.activation.ModelInput;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.testing.Events;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prunings that take their time: nobody waits for them, and what is published does not depend on when they are done. */
class DuePruningsTest {
    private static final int USERS = 5;
    private static final int STEPS = 200;
    private static final List<CommandAction> ACTIONS = List.of(
            CommandAction.COMMAND_ACTION_REPRUNE,
            CommandAction.COMMAND_ACTION_CONFIGURE,
            CommandAction.COMMAND_ACTION_RESET,
            CommandAction.COMMAND_ACTION_PAUSE,
            CommandAction.COMMAND_ACTION_RESUME,
            CommandAction.COMMAND_ACTION_ROLLBACK,
            CommandAction.COMMAND_ACTION_PIN,
            CommandAction.COMMAND_ACTION_UNPIN);

    @TempDir
    Path state;

    /** Keeps what it is given until it is told to do it. */
    private static final class Later implements Executor {
        private final Deque<Runnable> work = new ArrayDeque<>();

        @Override
        public void execute(Runnable runnable) {
            work.add(runnable);
        }

        void doAll() {
            while (!work.isEmpty()) {
                work.remove().run();
            }
        }
    }

    @Test
    void shouldFoldEventsOfEveryUserWhileOneIsPruned() {
        Later later = new Later();
        try (Harness harness = new Harness(Harness.settings(4, 10), state, later)) {
            harness.send("theo", 0, 15);
            harness.send("george", 0, 9);
            harness.settle();
            assertThat(harness.masks()).isEmpty();
            assertThat(harness.sums("theo").orElseThrow().getEvents()).isEqualTo(15);
            assertThat(harness.sums("george").orElseThrow().getEvents()).isEqualTo(9);
            later.doAll();
            harness.settle();
            assertThat(harness.masks())
                    .extracting(
                            MaskUpdate::getUserId,
                            MaskUpdate::getVersion,
                            u -> u.getEvidence().getEventsSeen())
                    .containsExactly(tuple("theo", 1L, 10L));
            assertThat(harness.driver.getKeyValueStore(Names.DUE_PRUNINGS_STORE).all())
                    .isExhausted();
        }
    }

    @Test
    void shouldLetACommandWaitForItsOwnUserOnlyAndInOrder() {
        Later later = new Later();
        try (Harness harness = new Harness(Harness.settings(4, 10), state, later)) {
            harness.send("theo", 0, 12);
            harness.command(command("c1", "theo", CommandAction.COMMAND_ACTION_REPRUNE));
            harness.command(command("c1", "theo", CommandAction.COMMAND_ACTION_REPRUNE));
            harness.send("theo", 12, 20);
            harness.command(command("c2", "theo", CommandAction.COMMAND_ACTION_RESET));
            harness.send("theo", 20, 23);
            harness.send("george", 0, 8);
            harness.settle();
            assertThat(harness.masks())
                    .as("nobody waits for theo's pruning in the stream thread")
                    .isEmpty();
            assertThat(harness.sums("george").orElseThrow().getEvents()).isEqualTo(8);
            assertThat(harness.sums("theo").orElseThrow().getEvents())
                    .as("events behind the command wait with it")
                    .isEqualTo(12);
            for (int i = 0; i < 3; i++) {
                later.doAll();
                harness.settle();
            }
            assertThat(harness.masks())
                    .extracting(MaskUpdate::getVersion, u -> u.getEvidence().getEventsSeen())
                    .containsExactly(tuple(1L, 10L), tuple(2L, 12L));
            assertThat(harness.reports())
                    .extracting(PruningReport::getCommandId)
                    .containsExactly("", "c1", "c2");
            assertThat(harness.sums("theo").orElseThrow().getEvents())
                    .as("those that came after the reset")
                    .isEqualTo(3);
            assertThat(harness.driver
                            .getKeyValueStore(Names.WAITING_RECORDS_STORE)
                            .all())
                    .isExhausted();
        }
    }

    @Test
    void shouldFindWhatWaitsInItsOrderWhenATaskBeginsAnew() {
        try (Harness harness = new Harness(Harness.settings(4, 10), state, new Later())) {
            harness.send("theo", 0, 12);
            harness.command(command("c1", "theo", CommandAction.COMMAND_ACTION_REPRUNE));
            harness.send("theo", 12, 14);
            harness.settle();
            WaitingRecords next = new WaitingRecords(harness.driver.getKeyValueStore(Names.WAITING_RECORDS_STORE));
            assertThat(next.users()).containsExactly(Harness.key("theo"));
            assertThat(next.size(Harness.key("theo"))).isEqualTo(3);
            assertThat(next.take(Harness.key("theo")).getCommand().getCommandId())
                    .isEqualTo("c1");
            for (int e = 12; e < 14; e++) {
                byte[] event = next.take(Harness.key("theo")).getEvent().toByteArray();
                assertThat(UserRecord.Event.decode(event).parse().getCapturedAtMillis())
                        .isEqualTo(Events.event("theo", Harness.MODEL, e, Events.values("theo", e, Harness.INPUTS))
                                .getCapturedAtMillis());
            }
            assertThat(next.isEmpty()).isTrue();
        }
    }

    @Test
    void shouldHoldUpOthersRatherThanHoldVeryManyEventsOfOneUser() {
        try (Harness harness = new Harness(Harness.settings(4, 10), state, new Later())) {
            harness.send("theo", 0, 12);
            harness.command(command("c1", "theo", CommandAction.COMMAND_ACTION_RESUME));
            harness.send("theo", 12, 12 + 300);
            harness.settle();
            assertThat(harness.masks()).hasSize(1);
            assertThat(harness.sums("theo").orElseThrow().getEvents()).isEqualTo(312);
        }
    }

    @Test
    void shouldNotLetACommandForAllRunAheadOfThePrunings() {
        Later later = new Later();
        try (Harness harness = new Harness(Harness.settings(4, 200), state, later)) {
            for (int u = 0; u < 20; u++) {
                harness.send("user " + u, 0, 4);
            }
            harness.command(command("c1", "", CommandAction.COMMAND_ACTION_REPRUNE));
            harness.settle();
            assertThat(harness.driver.getKeyValueStore(Names.DUE_PRUNINGS_STORE).approximateNumEntries())
                    .isLessThan(20);
            for (int i = 0; i < 20; i++) {
                later.doAll();
                harness.settle();
            }
            assertThat(harness.masks())
                    .hasSize(20)
                    .extracting(MaskUpdate::getUserId)
                    .doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 6})
    void shouldPublishTheSameWheneverPruningsAreDone(long seed) {
        Published atOnce = run(seed, "once", Runnable::run, () -> {});
        assertThat(atOnce.masks()).isNotEmpty();
        Later late = new Later();
        Random random = new Random(seed);
        Published sometime = run(seed, "sometime", late, () -> {
            if (random.nextInt(20) == 0) {
                late.doAll();
            }
        });
        assertThat(sometime).isEqualTo(atOnce);
        Later never = new Later();
        assertThat(run(seed, "never", never, () -> {})).isEqualTo(atOnce);
    }

    /** By user, in order. */
    private record Published(Map<String, List<MaskUpdate>> masks, Map<String, List<PruningReport>> reports) {}

    private Published run(long seed, String directory, Executor executor, Runnable afterEach) {
        Random random = new Random(seed);
        Budget budget = new Budget(10, seed % 2 == 0 ? 40 : 0, 4, seed % 3 == 0, 2);
        try (Harness harness =
                new Harness(Harness.settings(4, budget, Routing.DIRECT), state.resolve(directory), executor)) {
            int[] sent = new int[USERS];
            for (int step = 0; step < STEPS; step++) {
                int user = random.nextInt(USERS);
                int many = 1 + random.nextInt(3);
                harness.send("user " + user, sent[user], sent[user] + many);
                sent[user] += many;
                if (random.nextInt(25) == 0) {
                    PruneCommand.Builder command = randomCommand(random, step);
                    if (command.getUserId().isEmpty()) {
                        finish(
                                harness,
                                executor); // a command for all does not wait until the one before has reached all
                    }
                    harness.command(command);
                }
                if (random.nextInt(10) == 0) {
                    harness.driver.advanceWallClockTime(Duration.ofMillis(100));
                }
                afterEach.run();
            }
            finish(harness, executor);
            return new Published(
                    harness.masks().stream().collect(Collectors.groupingBy(MaskUpdate::getUserId)),
                    harness.reports().stream()
                            .map(report ->
                                    report.toBuilder().clearPruningMicros().build())
                            .collect(Collectors.groupingBy(PruningReport::getUserId)));
        }
    }

    private static void finish(Harness harness, Executor executor) {
        for (int i = 0; i < 3 * USERS; i++) {
            if (executor instanceof Later later) {
                later.doAll();
            }
            harness.settle();
        }
    }

    private static PruneCommand.Builder randomCommand(Random random, int step) {
        CommandAction action = ACTIONS.get(random.nextInt(ACTIONS.size()));
        boolean all = random.nextInt(3) == 0;
        PruneCommand.Builder command = command("c" + step, all ? "" : "user " + random.nextInt(USERS), action);
        return random.nextBoolean() && action != CommandAction.COMMAND_ACTION_RESET
                ? command.setSettings(Harness.sparsity(0.1 + 0.8 * random.nextDouble()))
                : command;
    }

    @Test
    void shouldKeepTheReservoirOfADuePruningWhileEventsGoOn() {
        int capacity = 8;
        int due = 30;
        try (Harness harness = new Harness(Harness.settings(4, 10), state)) {
            KeyValueStore<byte[], StoredInput> store = harness.driver.getKeyValueStore(Names.USER_RESERVOIR_STORE);
            Reservoirs reservoirs = new Reservoirs(store, capacity);
            for (int e = 1; e <= due; e++) {
                reservoirs.offer(Harness.key("theo"), e, input(e), 0);
            }
            List<Float> before = values(reservoirs, due);
            assertThat(before).hasSize(capacity);
            for (int e = due + 1; e <= 10 * due; e++) {
                reservoirs.offer(Harness.key("theo"), e, input(e), due);
                assertThat(values(reservoirs, due)).isEqualTo(before);
            }
            reservoirs.release(Harness.key("theo"));
            assertThat(values(reservoirs, 10L * due)).hasSize(capacity).isNotEqualTo(before);
            assertThat(harness.driver
                            .getKeyValueStore(Names.USER_RESERVOIR_STORE)
                            .approximateNumEntries())
                    .isGreaterThanOrEqualTo(capacity);
        }
    }

    @Test
    void shouldNotMixInputsOfLaterEventsIntoAReservoirThatIsNotFull() {
        try (Harness harness = new Harness(Harness.settings(4, 10), state)) {
            Reservoirs reservoirs = new Reservoirs(harness.driver.getKeyValueStore(Names.USER_RESERVOIR_STORE), 8);
            for (int e = 1; e <= 100; e++) {
                reservoirs.offer(Harness.key("theo"), e, input(e), e > 5 ? 5 : 0);
            }
            assertThat(values(reservoirs, 5)).containsExactly(1f, 2f, 3f, 4f, 5f);
        }
    }

    private static ModelInput input(int value) {
        return new ModelInput.Values(new float[] {value});
    }

    private static List<Float> values(Reservoirs reservoirs, long events) {
        List<Float> values = new ArrayList<>();
        for (ModelInput input : reservoirs.read(Harness.key("theo"), events)) {
            values.add(((ModelInput.Values) input).values()[0]);
        }
        assertThat(Arrays.asList(values.toArray())).doesNotContainNull();
        return values;
    }
}
