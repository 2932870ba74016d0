package io.fineprune.schemas.signature;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The kinds of records that are signed. What is signed begins with the kind, so that no signature serves for another. */
public enum SignedRecord {
    MASK("fineprune-mask-v1"),
    COMMAND("fineprune-command-v1");

    private final String tag;

    SignedRecord(String tag) {
        this.tag = tag;
    }

    /** The bytes that are signed: the tag in ASCII, a zero byte, the key's length (4 bytes, big endian), the key, the value. */
    byte[] content(byte[] key, byte[] value) {
        byte[] begin = tag.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(begin.length + 1 + Integer.BYTES + key.length + value.length)
                .put(begin)
                .put((byte) 0)
                .putInt(key.length)
                .put(key)
                .put(value)
                .array();
    }
}
