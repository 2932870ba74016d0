package io.fineprune.topology.stream;

import static io.fineprune.topology.stream.Harness.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.StoredSums;
import io.fineprune.topology.activation.Architecture;
import io.fineprune.topology.sums.ActivationSums;
import io.fineprune.topology.sums.SumsAccumulator;
import io.fineprune.topology.sums.SumsReading;
import io.fineprune.topology.testing.Events;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * State that earlier versions wrote: what their own topology had in its stores over the same net after 28 events of theo, with a
 * budget of 20, 12 of anna, and 12 of lena, whose inputs are never negative. state-v1.txt is of commit 6798501, which stored all
 * sums in full; state-v2.txt of 1be32d9.
 */
class EarlierStateTest {
    @TempDir
    private Path folder;

    /** One entry of a store, or one record of a topic. */
    private record Entry(String where, byte[] key, byte[] value) {}

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void shouldReadTheSameSumsBitForBit(String version) throws IOException {
        try (Harness today = harness("today")) {
            begin(today);
            for (String user : List.of("theo", "anna", "lena")) {
                StoredSums stored = sums(version, user);
                int left = stored.getAbsolute().size() - stored.getLinear().size();
                if (version.equals("v1")) {
                    assertThat(left).isZero();
                } else if (user.equals("lena")) {
                    assertThat(left).isPositive();
                }
                assertThat(stored.hasDrift()).isFalse();
                ActivationSums expected = read(today.sums(user).orElseThrow(), today.net.architecture(), 0);
                assertSame(read(stored, today.net.architecture(), 0), expected);
                assertSame(read(stored, today.net.architecture(), 50), expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void shouldGoOnFromTheStoresOfAnEarlierVersion(String version) throws IOException {
        List<MaskUpdate> expected;
        try (Harness today = harness("today")) {
            begin(today);
            assertThat(today.masks()).hasSize(1);
            goOn(today);
            expected = today.masks();
        }
        try (Harness harness = harness("earlier")) {
            for (Entry entry : entries(version)) {
                load(harness, entry);
            }
            goOn(harness);
            assertThat(expected).extracting(MaskUpdate::getUserId).containsExactly("anna", "theo");
            assertThat(expected).extracting(MaskUpdate::getVersion).containsExactly(1L, 2L);
            assertThat(harness.masks()).isEqualTo(expected);
            assertThat(harness.listener.restarted).isZero();
            harness.command(command("back", "theo", CommandAction.COMMAND_ACTION_ROLLBACK));
            boolean kept = version.equals("v2"); // the first version kept no updates
            assertThat(harness.masks()).hasSize(kept ? 1 : 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void shouldPublishTheVeryMaskOfAnEarlierVersion(String version) throws IOException {
        try (Harness today = harness("today")) {
            begin(today);
            Entry mask = entries(version).stream()
                    .filter(entry -> entry.where().equals("pruning-masks"))
                    .findFirst()
                    .orElseThrow();
            assertThat(today.rawMasks().get(0).value).isEqualTo(mask.value());
        }
    }

    private static void begin(Harness harness) {
        harness.command(
                command("all", "", CommandAction.COMMAND_ACTION_CONFIGURE).setSettings(Harness.sparsity(0.4)));
        harness.command(
                command("own", "anna", CommandAction.COMMAND_ACTION_CONFIGURE).setSettings(Harness.sparsity(0.6)));
        harness.send("theo", 0, 28);
        harness.send("anna", 0, 12);
        for (int e = 0; e < 12; e++) {
            float[] values = Events.values("lena", e, Harness.INPUTS);
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.abs(values[i]);
            }
            harness.send(Events.event("lena", Harness.MODEL, e, values));
        }
        harness.settle();
    }

    private static void goOn(Harness harness) {
        harness.send("anna", 12, 20);
        harness.send("theo", 28, 36);
        harness.command(command("again", "theo", CommandAction.COMMAND_ACTION_REPRUNE));
    }

    private Harness harness(String name) {
        return new Harness(Harness.settings(4, 20), folder.resolve(name));
    }

    private static void load(Harness harness, Entry entry) {
        switch (entry.where()) {
            case Names.ACTIVATION_SUMS_STORE ->
                put(harness, entry, MessageSerdes.userModelKey(), MessageSerdes.storedSums());
            case Names.USER_LIFECYCLE_STORE ->
                put(harness, entry, MessageSerdes.userModelKey(), MessageSerdes.storedLifecycle());
            case Names.USER_RESERVOIR_STORE -> put(harness, entry, Serdes.ByteArray(), MessageSerdes.storedInput());
            case Names.USER_UPDATES_STORE -> put(harness, entry, Serdes.ByteArray(), Serdes.ByteArray());
            case Names.FLEET_LIFECYCLE_STORE -> put(harness, entry, Serdes.String(), MessageSerdes.storedLifecycle());
            default -> assertThat(entry.where()).startsWith("pruning-");
        }
    }

    private static <K, V> void put(Harness harness, Entry entry, Serde<K> keys, Serde<V> values) {
        harness.driver
                .<K, V>getKeyValueStore(entry.where())
                .put(
                        keys.deserializer().deserialize("", entry.key()),
                        values.deserializer().deserialize("", entry.value()));
    }

    private static StoredSums sums(String version, String user) throws IOException {
        byte[] key = MessageSerdes.userModelKey().serializer().serialize("", Harness.key(user));
        return entries(version).stream()
                .filter(entry -> entry.where().equals(Names.ACTIVATION_SUMS_STORE))
                .filter(entry -> Arrays.equals(entry.key(), key))
                .map(entry -> MessageSerdes.storedSums().fromBytes(entry.value()))
                .findFirst()
                .orElseThrow();
    }

    private static ActivationSums read(StoredSums stored, Architecture architecture, int driftBlock) {
        return ((SumsReading.Usable) SumsAccumulator.read(stored, architecture, driftBlock))
                .sums()
                .snapshot();
    }

    private static void assertSame(ActivationSums found, ActivationSums expected) {
        assertThat(found.events()).isEqualTo(expected.events());
        assertThat(found.firstEventMillis()).isEqualTo(expected.firstEventMillis());
        assertThat(found.lastEventMillis()).isEqualTo(expected.lastEventMillis());
        assertThat(bits(found)).isEqualTo(bits(expected));
    }

    private static List<Long> bits(ActivationSums sums) {
        List<Long> bits = new ArrayList<>();
        for (int tap = 0; tap < sums.taps(); tap++) {
            bits.add(Double.doubleToRawLongBits(sums.absolute(tap)));
            bits.add(Double.doubleToRawLongBits(sums.linear(tap)));
            bits.add(Double.doubleToRawLongBits(sums.squared(tap)));
        }
        for (int c = 0; c < sums.classes(); c++) {
            bits.add(Double.doubleToRawLongBits(sums.posterior(c)));
        }
        return bits;
    }

    private static List<Entry> entries(String version) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(EarlierStateTest.class.getResourceAsStream("/state-" + version + ".txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .map(line -> line.split(" ", 3))
                    .map(parts -> new Entry(
                            parts[0],
                            Base64.getDecoder().decode(parts[1]),
                            Base64.getDecoder().decode(parts[2])))
                    .toList();
        }
    }
}
