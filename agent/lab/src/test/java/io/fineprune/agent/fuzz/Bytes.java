package io.fineprune.agent.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Cuts inputs into parts, and joins parts. */
final class Bytes {
    private Bytes() {}

    static byte[] of(int kind, byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(kind);
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] from(byte[] bytes, int offset) {
        return offset >= bytes.length ? new byte[0] : Arrays.copyOfRange(bytes, offset, bytes.length);
    }

    /** The first of two parts; two bytes say how long it is. */
    static byte[] first(byte[] bytes) {
        int length = Math.min(Math.max(0, bytes.length - 2), length(bytes));
        return length == 0 ? new byte[0] : Arrays.copyOfRange(bytes, 2, 2 + length);
    }

    static byte[] second(byte[] bytes) {
        return from(bytes, 2 + length(bytes));
    }

    /** Two parts as {@link #first} and {@link #second} take them apart. */
    static byte[] joined(int kind, byte[] first, byte[] second) {
        return of(kind, new byte[] {(byte) (first.length >> 8), (byte) first.length}, first, second);
    }

    private static int length(byte[] bytes) {
        return bytes.length < 2 ? 0 : ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
    }

    /** Throws what is a finding. */
    static void check(boolean holds, String expected) {
        if (!holds) {
            throw new AssertionError("Expected " + expected);
        }
    }
}
