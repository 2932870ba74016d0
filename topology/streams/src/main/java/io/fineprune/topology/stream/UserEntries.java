package io.fineprune.topology.stream;

import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Keys of stores that hold several entries of a user and model: the user and model, a zero byte, the entry's number. */
final class UserEntries {
    private UserEntries() {}

    /** @param number 4 or 8 bytes, big endian, the first bit 0: entries lie in its order */
    static byte[] key(String store, UserModelKey user, byte[] number) {
        byte[] prefix = MessageSerdes.userModelKey().serializer().serialize(store, user);
        return ByteBuffer.allocate(prefix.length + 1 + number.length)
                .put(prefix)
                .put((byte) 0)
                .put(number)
                .array();
    }

    /**
     * What lies between two keys of a user, both included, in the order of the numbers. A longer entry in the range belongs to a
     * model whose id begins with this one's.
     */
    static <V> List<KeyValue<byte[], V>> between(KeyValueStore<byte[], V> store, byte[] first, byte[] last) {
        List<KeyValue<byte[], V>> found = new ArrayList<>();
        try (KeyValueIterator<byte[], V> entries = store.range(first, last)) {
            while (entries.hasNext()) {
                KeyValue<byte[], V> entry = entries.next();
                if (entry.key.length == first.length) {
                    found.add(entry);
                }
            }
        }
        return found;
    }
}
