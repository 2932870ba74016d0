package io.fineprune.agent.preprocessing;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How samples are stored in a WAV recording, little endian. */
public enum SampleFormat {
    /** Unsigned, 128 is silence. */
    PCM_8(1),
    PCM_16(2),
    PCM_24(3),
    PCM_32(4),
    FLOAT_32(4),
    /** What scipy writes for an array of numpy's default type. */
    FLOAT_64(8),
    /** ITU-T G.711, as in telephony. */
    A_LAW(1),
    MU_LAW(1),
    /** Four bits a sample, in blocks that begin with a state for each channel; see {@link Adpcm}. */
    IMA_ADPCM(0),
    MS_ADPCM(0);

    private final int bytes;

    SampleFormat(int bytes) {
        this.bytes = bytes;
    }

    /** Tells whether samples can only be decoded block by block. */
    public boolean inBlocks() {
        return bytes == 0;
    }

    /** The size of a sample; 0 if samples are stored in blocks. */
    public int bytes() {
        return bytes;
    }

    /** Decodes one sample; full scale is 1. */
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
            case FLOAT_64 -> (float) littleEndian.getDouble(offset);
            case A_LAW -> aLaw(littleEndian.get(offset)) * 0x1p-15f;
            case MU_LAW -> muLaw(littleEndian.get(offset)) * 0x1p-15f;
            case IMA_ADPCM, MS_ADPCM -> throw new IllegalStateException("Samples in blocks are decoded by Adpcm");
        };
    }

    /** ITU-T G.711, table 1: even bits inverted, sign, segment of three bits, four bits within it; 16 bits of full scale. */
    private static int aLaw(byte stored) {
        int code = stored ^ 0x55;
        int segment = code >> 4 & 7;
        int value = (code & 0xf) << 4 | 8;
        int magnitude = segment == 0 ? value : (value + 0x100) << (segment - 1);
        return (code & 0x80) != 0 ? magnitude : -magnitude;
    }

    /** ITU-T G.711, table 2: all bits inverted, sign, segment of three bits, four bits within it; 16 bits of full scale. */
    private static int muLaw(byte stored) {
        int code = ~stored;
        int magnitude = ((((code & 0xf) << 3) + 0x84) << (code >> 4 & 7)) - 0x84;
        return (code & 0x80) != 0 ? -magnitude : magnitude;
    }

    /**
     * The format of a WAVE format tag.
     *
     * @param tag 1 PCM, 2 Microsoft's ADPCM, 3 floats, 6 A-law, 7 mu-law, 17 IMA's ADPCM
     * @param bits of a sample; PCM of fewer bits than its bytes hold is stored in the upper ones
     * @return null if it is none of these
     */
    static @Nullable SampleFormat of(int tag, int bits) {
        return switch (tag) {
            case 1 ->
                switch ((bits + 7) / 8) {
                    case 1 -> PCM_8;
                    case 2 -> PCM_16;
                    case 3 -> PCM_24;
                    case 4 -> PCM_32;
                    default -> null;
                };
            case 2 -> bits == 4 ? MS_ADPCM : null;
            case 3 -> bits == 32 ? FLOAT_32 : bits == 64 ? FLOAT_64 : null;
            case 6 -> bits == 8 ? A_LAW : null;
            case 7 -> bits == 8 ? MU_LAW : null;
            case 17 -> bits == 4 ? IMA_ADPCM : null;
            default -> null;
        };
    }
}
