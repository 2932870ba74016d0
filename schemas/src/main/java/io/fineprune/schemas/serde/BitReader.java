package io.fineprune.schemas.serde;

import com.google.protobuf.ByteString;

/** Reads bytes and then bits, least significant first, and never beyond the end. */
final class BitReader {
    private static final int MAX_VARINT_BYTES = 5;

    private final String field;
    private final ByteString bytes;
    private int next;
    private int bit = Byte.SIZE;
    private int current;

    /** @param field name of the field in error messages */
    BitReader(String field, ByteString bytes) {
        this.field = field;
        this.bytes = bytes;
    }

    int octet() {
        if (next >= bytes.size()) {
            throw Check.expected("more than " + bytes.size() + " bytes", field, "the end");
        }
        return bytes.byteAt(next++) & 0xff;
    }

    byte[] octets(int count) {
        if (count > bytes.size() - next) {
            throw Check.expected(count + " more bytes", field, bytes.size() - next);
        }
        next += count;
        return bytes.substring(next - count, next).toByteArray();
    }

    /** Reads a variable-length whole number of at least 0, 7 bits a byte. */
    int varint() {
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            int octet = octet();
            value |= (octet & 0x7fL) << (7 * i);
            if (octet < 0x80) {
                if (value > Integer.MAX_VALUE) {
                    break;
                }
                return (int) value;
            }
        }
        throw Check.expected("numbers of at most 31 bits", field, "a larger one");
    }

    boolean bit() {
        if (bit == Byte.SIZE) {
            current = octet();
            bit = 0;
        }
        return ((current >> bit++) & 1) != 0;
    }

    /** Refuses input with further bytes, or with bits other than zero left in the last byte. */
    void requireEnd() {
        if (next != bytes.size() || (bit < Byte.SIZE && current >> bit != 0)) {
            throw Check.expected("no more than the masks", field, bytes.size() + " bytes");
        }
    }
}
