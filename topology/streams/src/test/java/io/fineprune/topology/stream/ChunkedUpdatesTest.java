package io.fineprune.topology.stream;

import static io.fineprune.topology.stream.Harness.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.fineprune.schemas.serde.ChunkCollector;
import io.fineprune.schemas.serde.MaskChunkKey;
import io.fineprune.schemas.serde.MaskLayers;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.CommandAction;
import io.fineprune.schemas.v1.Granularity;
import io.fineprune.schemas.v1.MaskUpdate;
import io.fineprune.schemas.v1.PruningReport;
import io.fineprune.schemas.v1.StoredLifecycle;
import io.fineprune.topology.budget.Budget;
import io.fineprune.topology.lifecycle.EffectiveSettings;
import io.fineprune.topology.lifecycle.UpkeepSettings;
import io.fineprune.topology.pruning.PruningPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates that are larger than a message, with messages of few bytes. */
class ChunkedUpdatesTest {
    private static final int CUT = 8;

    @TempDir
    private Path state;

    /** What the compacted topic keeps. */
    private final Map<MaskChunkKey, byte[]> topic = new HashMap<>();

    @Test
    void shouldSendWhatAWholeUpdateWouldHoldInChunks() {
        MaskUpdate whole;
        try (Harness harness = harness(1_000_000, state.resolve("whole"))) {
            harness.send("theo", 0, 20);
            whole = harness.masks().get(0);
            assertThat(harness.rawChunks()).isEmpty();
            assertThat(harness.lifecycle("theo").orElseThrow().getMaskChunks()).isZero();
        }
        try (Harness harness = harness(CUT, state.resolve("cut"))) {
            harness.send("theo", 0, 20);
            MaskUpdate list = harness.masks().get(0);
            int count = (whole.getSerializedSize() + CUT - 1) / CUT;
            assertThat(list.getChunks().getCount()).isEqualTo(count);
            assertThat(MaskLayers.sparsity(list)).isEqualTo(MaskLayers.sparsity(whole));
            assertThat(keep(harness)).isEqualTo(count);
            assertThat(joined(list)).isEqualTo(whole);
            assertThat(harness.reports())
                    .extracting(PruningReport::getUpdateBytes)
                    .containsExactly((long) whole.getSerializedSize());
            assertThat(harness.lifecycle("theo").orElseThrow().getMaskChunks()).isEqualTo(count);
        }
    }

    @Test
    void shouldEraseWhatALongerUpdateLeavesBehind() {
        try (Harness harness = harness(CUT, state)) {
            harness.send("theo", 0, 20);
            int few = harness.masks().get(0).getChunks().getCount();
            harness.command(command("weights", "theo", CommandAction.COMMAND_ACTION_REPRUNE)
                    .setSettings(Harness.sparsity(0.5).toBuilder().setGranularity(Granularity.GRANULARITY_WEIGHT)));
            MaskUpdate longer = harness.masks().get(0);
            assertThat(longer.getChunks().getCount()).isGreaterThan(few);
            keep(harness);
            assertThat(joined(longer).getVersion()).isEqualTo(2);
            harness.command(command("nodes", "theo", CommandAction.COMMAND_ACTION_REPRUNE)
                    .setSettings(Harness.sparsity(0.5).toBuilder().setGranularity(Granularity.GRANULARITY_NODE)));
            MaskUpdate shorter = harness.masks().get(0);
            assertThat(shorter.getChunks().getCount())
                    .isLessThan(longer.getChunks().getCount());
            keep(harness);
            assertThat(topic).hasSize(shorter.getChunks().getCount());
            assertThat(joined(shorter).getVersion()).isEqualTo(3);
        }
    }

    @Test
    void shouldGoBackToAnUpdateThatWasCut() {
        try (Harness harness = harness(CUT, state)) {
            harness.send("theo", 0, 20);
            keep(harness);
            MaskUpdate first = joined(harness.masks().get(0));
            harness.command(command("other", "theo", CommandAction.COMMAND_ACTION_REPRUNE)
                    .setSettings(Harness.sparsity(0.2)));
            harness.command(command("back", "theo", CommandAction.COMMAND_ACTION_ROLLBACK));
            keep(harness);
            MaskUpdate third = joined(harness.masks().get(1));
            assertThat(third.getVersion()).isEqualTo(3);
            assertThat(MaskLayers.of(third)).isEqualTo(MaskLayers.of(first));
            // Two versions are kept, and no more chunks than theirs.
            assertThat(entries(harness)).isEqualTo(2 + chunks(harness, 2) + chunks(harness, 3));
        }
    }

    @Test
    void shouldEraseTheChunksOfAForgottenUser() {
        try (Harness harness = harness(CUT, state)) {
            harness.send("theo", 0, 20);
            keep(harness);
            assertThat(topic).isNotEmpty();
            harness.command(command("forget", "theo", CommandAction.COMMAND_ACTION_FORGET));
            keep(harness);
            assertThat(topic).isEmpty();
            assertThat(entries(harness)).isZero();
            assertThat(harness.lifecycle("theo").map(StoredLifecycle::getMaskChunks))
                    .contains(0);
        }
    }

    /** Takes what was sent, as compaction does; returns how many records. */
    private int keep(Harness harness) {
        List<KeyValue<byte[], byte[]>> records = harness.rawChunks();
        for (KeyValue<byte[], byte[]> record : records) {
            MaskChunkKey key = MessageSerdes.maskChunkKey().deserializer().deserialize("", record.key);
            if (record.value == null) {
                topic.remove(key);
            } else {
                topic.put(key, record.value);
            }
        }
        return records.size();
    }

    private MaskUpdate joined(MaskUpdate list) {
        ChunkCollector collector = new ChunkCollector(list);
        topic.forEach((key, value) ->
                collector.offer(MessageSerdes.maskChunkKey().serializer().serialize("", key), value));
        return collector.join();
    }

    private static long entries(Harness harness) {
        long entries = 0;
        try (KeyValueIterator<byte[], byte[]> all = harness.driver
                .<byte[], byte[]>getKeyValueStore(Names.USER_UPDATES_STORE)
                .all()) {
            for (; all.hasNext(); all.next()) {
                entries++;
            }
        }
        return entries;
    }

    private static int chunks(Harness harness, long version) {
        List<Integer> counts = new ArrayList<>();
        int keyBytes =
                MessageSerdes.userModelKey().serializer().serialize("", new UserModelKey("theo", Harness.MODEL)).length
                        + 1
                        + Long.BYTES;
        try (KeyValueIterator<byte[], byte[]> all = harness.driver
                .<byte[], byte[]>getKeyValueStore(Names.USER_UPDATES_STORE)
                .all()) {
            while (all.hasNext()) {
                KeyValue<byte[], byte[]> entry = all.next();
                if (entry.key.length == keyBytes) {
                    MaskUpdate list = MessageSerdes.maskUpdate().fromBytes(entry.value);
                    if (list.getVersion() == version) {
                        counts.add(list.getChunks().getCount());
                    }
                }
            }
        }
        return counts.get(0);
    }

    private static Harness harness(int messageBytes, Path directory) {
        return new Harness(
                new TopologySettings(
                        Harness.TOPICS,
                        1,
                        Routing.DIRECT,
                        4,
                        100,
                        new EffectiveSettings(PruningPlan.DEFAULT, new Budget(20, 0, 1)),
                        8,
                        3,
                        1,
                        new UpkeepSettings(2, 3, 0, 50, 0, 0, messageBytes)),
                directory);
    }
}
