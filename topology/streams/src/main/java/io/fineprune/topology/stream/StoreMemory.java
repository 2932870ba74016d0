package io.fineprune.topology.stream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * Bounds what the state stores of the process take outside the heap: all of them share one cache, which holds blocks, indexes,
 * filters and write buffers. By itself Kafka Streams gives each store of each partition 50 MB of cache and three buffers of 16
 * MB.
 *
 * <p>The shared cache lives as long as the process.
 */
public final class StoreMemory implements RocksDBConfigSetter {
    /** Property of Kafka Streams that holds the bound in MiB. */
    static final String MEGABYTES = "fineprune.state.memory.mb";

    static final long DEFAULT_MEGABYTES = 512;

    private static final long MIB = 1024 * 1024;
    private static final double INDEXES_AND_FILTERS = 0.1;
    private static final long WRITE_BUFFER_BYTES = 16 * MIB;
    /**
     * Smallest allocation of a write buffer; small, since every partition has several stores and each allocates one.
     */
    private static final long ARENA_BYTES = MIB / 4;

    /** Size of a block; it holds several records (2 to 20 KB), which keeps the index small. */
    private static final long BLOCK_BYTES = 16 * 1024;

    private static final Map<Long, Shared> SHARED = new ConcurrentHashMap<>();

    private record Shared(Cache cache, WriteBufferManager writeBuffers) {
        static Shared of(long megabytes) {
            Cache cache = new LRUCache(megabytes * MIB, -1, false, INDEXES_AND_FILTERS);
            return new Shared(cache, new WriteBufferManager(megabytes * MIB / 2, cache));
        }
    }

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        Object configured = configs.getOrDefault(MEGABYTES, DEFAULT_MEGABYTES);
        Shared shared = SHARED.computeIfAbsent(Long.parseLong(configured.toString()), Shared::of);
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(shared.cache());
        table.setBlockSize(BLOCK_BYTES);
        table.setCacheIndexAndFilterBlocks(true);
        table.setCacheIndexAndFilterBlocksWithHighPriority(true);
        table.setPinTopLevelIndexAndFilter(true);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(shared.writeBuffers());
        options.setWriteBufferSize(WRITE_BUFFER_BYTES);
        options.setArenaBlockSize(ARENA_BYTES);
    }

    @Override
    public void close(String storeName, Options options) {
        // the shared cache must not be closed with one store
    }
}
