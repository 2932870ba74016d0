package io.fineprune.agent.device;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.v1.ChunkList;
import io.fineprune.schemas.v1.MaskChunk;
import io.fineprune.schemas.v1.MaskUpdate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Matches a verified list of chunks with its chunks, whichever come first. Anybody who can write to the topic can put
 * chunks here, so it holds only the newest version's chunk for each place, and no more bytes in all than an update may
 * have; whether they are the right ones, the list's SHA-256 says. Thread-safe.
 */
final class ChunkShelf {
    private final Duration patience;
    private final Map<Integer, MaskChunk> chunks = new HashMap<>();
    private long bytes;
    private Optional<Waiting> waiting = Optional.empty();

    private record Waiting(MaskRecord record, long version, ChunkList list) {}

    /** @param patience how long a list waits for its chunks */
    ChunkShelf(Duration patience) {
        this.patience = patience;
    }

    /**
     * Takes a chunk.
     *
     * @return the complete record, if one waited for this chunk and no other
     */
    synchronized Optional<MaskRecord> take(int index, MaskChunk chunk) {
        MaskChunk before = chunks.getOrDefault(index, MaskChunk.getDefaultInstance());
        boolean stays = !wanted(chunk) && (wanted(before) || before.getVersion() > chunk.getVersion());
        long after = bytes - before.getData().size() + chunk.getData().size();
        if (stays || after > MessageSerdes.MAX_JOINED_UPDATE_BYTES) {
            return Optional.empty();
        }
        chunks.put(index, chunk);
        bytes = after;
        return complete();
    }

    /**
     * Takes a list of chunks, which replaces a list that still waits.
     *
     * @param update the update parsed from the record; it has passed its checks and lists chunks
     * @return the record with its chunks if all have arrived; otherwise empty, and the record waits
     */
    synchronized Optional<MaskRecord> take(MaskRecord record, MaskUpdate update) {
        waiting = Optional.of(new Waiting(record, update.getVersion(), update.getChunks()));
        return complete();
    }

    /**
     * Stops waiting for the chunks of a record whose time is over; returns the reason of the refusal if one was
     * waiting.
     */
    synchronized Optional<String> overdue(MaskRecord record) {
        if (waiting.isEmpty() || !waiting.get().record().equals(record)) {
            return Optional.empty();
        }
        Waiting missing = waiting.get();
        waiting = Optional.empty();
        return Optional.of("Expected %d chunks of version %d within %s, but found %d"
                .formatted(
                        missing.list().getCount(),
                        missing.version(),
                        patience,
                        here(missing).size()));
    }

    /** Drops all records and chunks whose version is not above the given one. */
    synchronized void drop(long version) {
        waiting = waiting.filter(list -> list.version() > version);
        chunks.values().removeIf(chunk -> chunk.getVersion() <= version);
        bytes = chunks.values().stream()
                .mapToLong(chunk -> chunk.getData().size())
                .sum();
    }

    Duration patience() {
        return patience;
    }

    private Optional<MaskRecord> complete() {
        if (waiting.isEmpty()) {
            return Optional.empty();
        }
        Waiting list = waiting.get();
        List<ByteString> here = here(list);
        if (here.size() < list.list().getCount()) {
            return Optional.empty();
        }
        drop(list.version());
        return Optional.of(list.record().with(here));
    }

    private List<ByteString> here(Waiting list) {
        return IntStream.range(0, list.list().getCount())
                .mapToObj(index -> chunks.getOrDefault(index, MaskChunk.getDefaultInstance()))
                .filter(chunk -> chunk.getVersion() == list.version())
                .map(MaskChunk::getData)
                .toList();
    }

    private boolean wanted(MaskChunk chunk) {
        return waiting.isPresent() && waiting.get().version() == chunk.getVersion();
    }
}
