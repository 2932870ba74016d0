package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.ChunkCollector;
import io.fineprune.schemas.serde.MaskParcel;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.MaskUpdate;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The latest updates of each user and model, stored as they were sent, chunks included, so that a rollback can publish
 * them again.
 */
final class KeptUpdates {
    private final KeyValueStore<byte[], byte[]> store;
    private final int most;

    /** @param most most updates kept per user and model; the oldest is dropped first */
    KeptUpdates(KeyValueStore<byte[], byte[]> store, int most) {
        this.store = store;
        this.most = most;
    }

    /** Keeps an update beside the others, or instead of the oldest. */
    void keep(UserModelKey key, long version, MaskParcel update) {
        if (most == 0) {
            return;
        }
        store.put(entry(key, version), update.record().toByteArray());
        for (int i = 0; i < update.chunks().size(); i++) {
            store.put(chunk(key, version, i), update.chunks().get(i).toByteArray());
        }
        List<KeyValue<byte[], byte[]>> all = entries(key);
        all.subList(0, Math.max(0, all.size() - most)).forEach(old -> forget(key, version(old)));
    }

    /** Update with the given version; empty if it is no longer kept. */
    Optional<MaskUpdate> read(UserModelKey key, long version) {
        return Optional.ofNullable(store.get(entry(key, version)))
                .map(MessageSerdes.maskUpdate()::fromBytes)
                .map(update -> update.hasChunks() ? join(key, update) : update);
    }

    private MaskUpdate join(UserModelKey key, MaskUpdate list) {
        ChunkCollector collector = new ChunkCollector(list);
        for (int i = 0; i < list.getChunks().getCount(); i++) {
            byte[] chunk = store.get(chunk(key, list.getVersion(), i));
            if (chunk != null) {
                collector.offer(i, MessageSerdes.maskChunk().fromBytes(chunk));
            }
        }
        return collector.join();
    }

    /** Versions that are kept, rising. */
    List<Long> versions(UserModelKey key) {
        return entries(key).stream().map(KeptUpdates::version).toList();
    }

    void forget(UserModelKey key, long version) {
        byte[] update = store.delete(entry(key, version));
        if (update != null) {
            int chunks =
                    MessageSerdes.maskUpdate().fromBytes(update).getChunks().getCount();
            for (int i = 0; i < chunks; i++) {
                store.delete(chunk(key, version, i));
            }
        }
    }

    void forget(UserModelKey key) {
        versions(key).forEach(version -> forget(key, version));
    }

    private List<KeyValue<byte[], byte[]>> entries(UserModelKey key) {
        return UserEntries.between(store, entry(key, 0), entry(key, Long.MAX_VALUE));
    }

    private static long version(KeyValue<byte[], byte[]> entry) {
        return ByteBuffer.wrap(entry.key).getLong(entry.key.length - Long.BYTES);
    }

    /**
     * Makes a chunk's key. Its first bit is 1, so that chunks sort behind all versions and listing versions reads no
     * chunk.
     */
    private static byte[] chunk(UserModelKey key, long version, int index) {
        return UserEntries.key(
                Names.USER_UPDATES_STORE,
                key,
                ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                        .putLong(version | Long.MIN_VALUE)
                        .putInt(index)
                        .array());
    }

    private static byte[] entry(UserModelKey key, long version) {
        return UserEntries.key(
                Names.USER_UPDATES_STORE,
                key,
                ByteBuffer.allocate(Long.BYTES).putLong(version).array());
    }
}
