package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.ChunkList;
import io.fineprune.schemas.v1.MaskChunk;
import io.fineprune.schemas.v1.MaskUpdate;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Picks the chunks of one update out of the records of topic pruning-mask-chunks. Records of other updates or
 * versions, and more bytes than the update announces, are ignored, which bounds the memory. For use by one thread.
 */
public final class ChunkCollector {
    private final MaskUpdate list;
    private final MaskChunkKeySerde keys = MessageSerdes.maskChunkKey();
    private final MessageSerde<MaskChunk> values = MessageSerdes.maskChunk();
    private final SortedMap<Integer, ByteString> chunks = new TreeMap<>();
    private long bytes;

    /** @param list an update that has passed its serde, with chunks */
    public ChunkCollector(MaskUpdate list) {
        this.list = list;
    }

    /** Adds a raw record; where several have the same place, the last one counts. */
    public void offer(byte @Nullable [] key, byte @Nullable [] value) {
        if (key == null || value == null) {
            return;
        }
        try {
            MaskChunkKey place = keys.deserializer().deserialize("", key);
            if (place.owner().equals(new UserModelKey(list.getUserId(), list.getModelId()))) {
                offer(place.index(), values.fromBytes(value));
            }
        } catch (MalformedMessageException e) {
            // The record is no chunk. If one was expected in its place, the update counts as incomplete.
        }
    }

    /** Adds a chunk that belongs to the same user and model. */
    public void offer(int index, MaskChunk chunk) {
        ChunkList expected = list.getChunks();
        ByteString before = chunks.getOrDefault(index, ByteString.EMPTY);
        long after = bytes - before.size() + chunk.getData().size();
        if (chunk.getVersion() == list.getVersion() && index < expected.getCount() && after <= expected.getBytes()) {
            chunks.put(index, chunk.getData());
            bytes = after;
        }
    }

    /** Tells whether a chunk has been collected for every place. */
    public boolean complete() {
        return chunks.size() == list.getChunks().getCount();
    }

    /** Counts the chunks collected so far. */
    public int found() {
        return chunks.size();
    }

    /**
     * Joins the chunks to the update.
     *
     * @throws MalformedMessageException if chunks are missing, or are not those of the update
     */
    public MaskUpdate join() {
        return MaskChunks.join(list, chunks.values());
    }
}
