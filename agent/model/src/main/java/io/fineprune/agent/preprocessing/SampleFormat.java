package io.fineprune.agent.preprocessing;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How one sample is stored, little endian. */
public enum SampleFormat {
    /** Unsigned, 128 is silence. */
    PCM_8(1),
    PCM_16(2),
    PCM_24(3),
    PCM_32(4),
    FLOAT_32(4);

    private final int bytes;

    SampleFormat(int bytes) {
        this.bytes = bytes;
    }

    /** The size of a sample. */
    public int bytes() {
        return bytes;
    }

    /** One sample; full scale is 1. */
    float read(ByteBuffer littleEndian, int offset) {
        return switch (this) {
            case PCM_8 -> ((littleEndian.get(offset) & 0xff) - 128) * 0x1p-7f;
            case PCM_16 -> littleEndian.getShort(offset) * 0x1p-15f;
            case PCM_24 ->
                (littleEndian.get(offset + 2) << 16
                                | (littleEndian.get(offset + 1) & 0xff) << 8
                                | (littleEndian.get(offset) & 0xff))
                        * 0x1p-23f;
            case PCM_32 -> littleEndian.getInt(offset) * 0x1p-31f;
            case FLOAT_32 -> littleEndian.getFloat(offset);
        };
    }

    static @Nullable SampleFormat of(boolean pcm, boolean ieeeFloat, int bits) {
        if (ieeeFloat) {
            return bits == 32 ? FLOAT_32 : null;
        }
        if (!pcm) {
            return null;
        }
        return switch (bits) {
            case 8 -> PCM_8;
            case 16 -> PCM_16;
            case 24 -> PCM_24;
            case 32 -> PCM_32;
            default -> null;
        };
    }
}
