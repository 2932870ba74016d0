package io.fineprune.agent.tensorflow.graph;

import com.google.protobuf.ByteString;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sorted table that a checkpoint's index file is: blocks of entries that leave out what their key shares with the one before,
 * a block that says where the blocks are, and a footer. Uncompressed, as TensorFlow writes it.
 */
final class IndexTable {
    private static final int FOOTER_BYTES = 48;
    /**
     * Bound on memory: as keys leave out what they share with the one before, all keys and values may together be this
     * many times as long as the file.
     */
    private static final long MAX_EXPANSION = 64;

    private static final long MAGIC = 0xdb4775248b80fb57L;

    private final ByteBuffer file;
    private long budget;

    private IndexTable(byte[] bytes) {
        file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        budget = MAX_EXPANSION * bytes.length;
    }

    /**
     * All entries by their keys.
     *
     * @throws IllegalArgumentException if the bytes are no such table
     */
    static Map<String, ByteString> read(byte[] bytes) {
        try {
            return new IndexTable(bytes).entries();
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("it ends in the middle of an entry", e);
        }
    }

    private Map<String, ByteString> entries() {
        int footer = file.capacity() - FOOTER_BYTES;
        if (footer < 0 || file.getLong(file.capacity() - Long.BYTES) != MAGIC) {
            throw new IllegalArgumentException("it does not end like an index");
        }
        file.position(footer);
        varint(file);
        varint(file);
        Map<String, ByteString> blocks = block(varint(file), varint(file));
        Map<String, ByteString> entries = new LinkedHashMap<>();
        for (ByteString handle : blocks.values()) {
            ByteBuffer place = handle.asReadOnlyByteBuffer();
            entries.putAll(block(varint(place), varint(place)));
        }
        return entries;
    }

    private Map<String, ByteString> block(long offset, long size) {
        if (offset < 0 || size < Integer.BYTES || offset > file.capacity() || size >= file.capacity() - offset) {
            throw new IllegalArgumentException("a block lies outside of it");
        }
        if (file.get((int) (offset + size)) != 0) {
            throw new IllegalArgumentException("it is compressed");
        }
        ByteBuffer block = file.slice((int) offset, (int) size).order(ByteOrder.LITTLE_ENDIAN);
        int restarts = block.getInt((int) size - Integer.BYTES);
        long end = size - Integer.BYTES * (1L + restarts);
        if (restarts < 0 || end < 0) {
            throw new IllegalArgumentException("a block counts more restart points than it has bytes for");
        }
        block.limit((int) end);
        Map<String, ByteString> entries = new LinkedHashMap<>();
        byte[] key = new byte[0];
        while (block.hasRemaining()) {
            int shared = length(block, key.length);
            int fresh = length(block, block.remaining());
            int value = length(block, block.remaining());
            budget -= shared + (long) fresh + value;
            if (budget < 0) {
                throw new IllegalArgumentException("its keys and values are far longer than the file");
            }
            key = Arrays.copyOf(key, shared + fresh);
            block.get(key, shared, fresh);
            entries.put(new String(key, StandardCharsets.UTF_8), ByteString.copyFrom(block, value));
        }
        return entries;
    }

    private static int length(ByteBuffer from, int limit) {
        long length = varint(from);
        if (length < 0 || length > limit) {
            throw new IllegalArgumentException("an entry is longer than its block");
        }
        return (int) length;
    }

    private static long varint(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = from.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of variable length in it is longer than 64 bits");
    }
}
