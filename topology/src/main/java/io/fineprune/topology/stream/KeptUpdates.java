package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import io.fineprune.schemas.v1.MaskUpdate;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueStore;

/** The updates that were published last for each user and model, as they were sent: what can be gone back to. */
final class KeptUpdates {
    private final KeyValueStore<byte[], byte[]> store;
    private final int most;

    /** @param most updates of a user and model; the oldest goes first */
    KeptUpdates(KeyValueStore<byte[], byte[]> store, int most) {
        this.store = store;
        this.most = most;
    }

    /** Keeps an update beside the others, or instead of the oldest. */
    void keep(UserModelKey key, long version, byte[] update) {
        if (most == 0) {
            return;
        }
        store.put(entry(key, version), update);
        List<KeyValue<byte[], byte[]>> all = entries(key);
        all.subList(0, Math.max(0, all.size() - most)).forEach(old -> store.delete(old.key));
    }

    /** The update of a version; empty if it is not kept. */
    Optional<MaskUpdate> read(UserModelKey key, long version) {
        return Optional.ofNullable(store.get(entry(key, version))).map(MessageSerdes.maskUpdate()::fromBytes);
    }

    /** Versions that are kept, rising. */
    List<Long> versions(UserModelKey key) {
        return entries(key).stream().map(KeptUpdates::version).toList();
    }

    void forget(UserModelKey key, long version) {
        store.delete(entry(key, version));
    }

    void forget(UserModelKey key) {
        entries(key).forEach(entry -> store.delete(entry.key));
    }

    private List<KeyValue<byte[], byte[]>> entries(UserModelKey key) {
        return UserEntries.between(store, entry(key, 0), entry(key, Long.MAX_VALUE));
    }

    private static long version(KeyValue<byte[], byte[]> entry) {
        return ByteBuffer.wrap(entry.key).getLong(entry.key.length - Long.BYTES);
    }

    private static byte[] entry(UserModelKey key, long version) {
        return UserEntries.key(
                Names.USER_UPDATES_STORE,
                key,
                ByteBuffer.allocate(Long.BYTES).putLong(version).array());
    }
}
