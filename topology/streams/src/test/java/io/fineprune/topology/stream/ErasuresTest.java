package io.fineprune.topology.stream;

import static io.fineprune.topology.stream.Harness.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.PruningOutcome;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.UpkeepSettings;
import io.fineprune.topology.pruning.PruningPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErasuresTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path state;

    @Test
    void shouldLeaveNothingOfAForgottenUserButTheVersion() {
        try (Harness harness = harness(0)) {
            harness.send("theo", 0, 20);
            harness.send("anna", 0, 20);
            harness.command(command("own", "theo", CommandAction.COMMAND_ACTION_CONFIGURE)
                    .setSettings(Harness.sparsity(0.3)));
            assertThat(harness.rawMasks()).hasSize(2);
            harness.command(command("forget", "theo", CommandAction.COMMAND_ACTION_FORGET));
            List<KeyValue<byte[], byte[]>> masks = harness.rawMasks();
            assertThat(masks).hasSize(1);
            assertThat(masks.get(0).value).isNull();
            assertThat(masks.get(0).key)
                    .isEqualTo(MessageSerdes.userModelKey().serializer().serialize("", Harness.key("theo")));
            assertThat(harness.reports())
                    .last()
                    .extracting(PruningReport::getOutcome)
                    .isEqualTo(PruningOutcome.PRUNING_OUTCOME_FORGOTTEN);
            assertThat(harness.sums("theo")).isEmpty();
            assertThat(harness.lifecycle("theo"))
                    .contains(StoredLifecycle.newBuilder()
                            .setVersion(1)
                            .setForgotten(true)
                            .addCommandIds("forget")
                            .build());
            assertThat(usersIn(harness, Names.USER_RESERVOIR_STORE)).containsOnly("anna");
            assertThat(usersIn(harness, Names.USER_UPDATES_STORE)).containsOnly("anna");
            harness.send("theo", 20, 40);
            assertThat(harness.masks())
                    .singleElement()
                    .satisfies(update -> assertThat(update.getVersion()).isEqualTo(2));
            assertThat(harness.lifecycle("theo").orElseThrow().getForgotten()).isFalse();
        }
    }

    @Test
    void shouldForgetAllUsersOnceEach() {
        try (Harness harness = harness(0)) {
            for (int u = 0; u < 8; u++) {
                harness.send("user " + u, 0, 20);
            }
            harness.command(command("forget", "", CommandAction.COMMAND_ACTION_FORGET));
            harness.send("user 7", 20, 25);
            harness.settle();
            for (int u = 0; u < 7; u++) {
                assertThat(harness.sums("user " + u)).isEmpty();
            }
            assertThat(harness.sums("user 7").orElseThrow().getEvents()).isEqualTo(5);
        }
    }

    @Test
    void shouldExpireUsersWhoAreIdle() {
        try (Harness harness = harness(HOUR.toMillis())) {
            harness.send("theo", 0, 20);
            harness.send("anna", 0, 20);
            harness.advanceEventTime(HOUR.dividedBy(2));
            harness.send("anna", 20, 21);
            harness.advanceEventTime(HOUR.dividedBy(2).plusMinutes(5));
            harness.send("lucas", 0, 1);
            harness.advanceEventTime(Duration.ofMinutes(5));
            harness.send("lucas", 1, 2);
            assertThat(harness.sums("theo")).isEmpty();
            assertThat(harness.lifecycle("theo").orElseThrow().getForgotten()).isTrue();
            assertThat(harness.sums("anna").orElseThrow().getEvents()).isEqualTo(21);
            assertThat(harness.reports())
                    .filteredOn(report -> report.getOutcome() == PruningOutcome.PRUNING_OUTCOME_EXPIRED)
                    .singleElement()
                    .extracting(PruningReport::getUserId)
                    .isEqualTo("theo");
            assertThat(harness.rawMasks())
                    .last()
                    .extracting(record -> record.value)
                    .isNull();
        }
    }

    private Harness harness(long expireAfterMillis) {
        return new Harness(
                new TopologySettings(
                        Harness.TOPICS,
                        1,
                        Routing.DIRECT,
                        1,
                        100,
                        new EffectiveSettings(PruningPlan.DEFAULT, new Budget(20, 0, 1)),
                        8,
                        3,
                        1,
                        new UpkeepSettings(2, 3, 0, 50, 0, expireAfterMillis)),
                state);
    }

    private static List<String> usersIn(Harness harness, String name) {
        List<String> users = new ArrayList<>();
        try (KeyValueIterator<byte[], Object> all =
                harness.driver.<byte[], Object>getKeyValueStore(name).all()) {
            all.forEachRemaining(entry -> users.add(
                    new String(entry.key, Short.BYTES, entry.key[1], java.nio.charset.StandardCharsets.UTF_8)));
        }
        return users;
    }
}
