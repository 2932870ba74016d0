package io.fineprune.agent.preprocessing;

import java.nio.ByteBuffer;

/**
 * Decodes the two ADPCM formats of WAV recordings, which store a sample as four bits of the difference from a prediction. Each
 * block begins with the state of every channel. Sources: IMA Digital Audio Focus and Technical Working Groups, Recommended
 * Practices 3.0 (1992); Microsoft, Multimedia Data Standards Update (1994).
 */
final class Adpcm {
    private static final int[] IMA_INDEX = {-1, -1, -1, -1, 2, 4, 6, 8};
    private static final int[] IMA_STEPS = {
        7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97,
        107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796,
        876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871,
        5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623,
        27086, 29794, 32767
    };
    private static final int[] MS_ADAPTATION = {
        230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230
    };
    /** The seven pairs that every file of the format has, in 256ths. */
    private static final int[][] MS_COEFFICIENTS = {
        {256, 0}, {512, -256}, {0, 0}, {192, 64}, {240, 0}, {460, -208}, {392, -232}
    };

    private Adpcm() {}

    /** Frames in so many bytes of a block, whose head alone holds one (IMA) or two of them. */
    static int frames(SampleFormat format, int blockBytes, int channels) {
        int head = headBytes(format) * channels;
        if (blockBytes < head) {
            return 0;
        }
        return format == SampleFormat.IMA_ADPCM
                ? (blockBytes - head) / (4 * channels) * 8 + 1
                : (blockBytes - head) * 2 / channels + 2;
    }

    static int headBytes(SampleFormat format) {
        return format == SampleFormat.IMA_ADPCM ? 4 : 7;
    }

    /**
     * Decodes whole blocks, and what there is of the last one.
     *
     * @param start where the data begins
     * @return [frames, channels], full scale is 1
     */
    static float[] decode(ByteBuffer littleEndian, int start, Wav header) {
        int channels = header.channels();
        float[] samples = new float[header.frames() * channels];
        int frame = 0;
        for (int at = 0; at < header.dataBytes() && frame < header.frames(); at += header.blockBytes()) {
            int bytes = Math.min(header.blockBytes(), header.dataBytes() - at);
            int count = Math.min(frames(header.format(), bytes, channels), header.frames() - frame);
            if (header.format() == SampleFormat.IMA_ADPCM) {
                ima(littleEndian, start + at, channels, count, samples, frame);
            } else {
                microsoft(littleEndian, start + at, channels, count, samples, frame);
            }
            frame += count;
        }
        return samples;
    }

    /** After the head, eight samples of each channel in turn, the lower half of a byte first. */
    private static void ima(ByteBuffer in, int at, int channels, int count, float[] out, int frame) {
        for (int c = 0; c < channels; c++) {
            int sample = in.getShort(at + 4 * c);
            int index = Math.max(0, Math.min(IMA_STEPS.length - 1, in.get(at + 4 * c + 2)));
            for (int i = 0; i < count; i++) {
                if (i > 0) {
                    int word = (i - 1) / 8;
                    int within = (i - 1) % 8;
                    int stored = in.get(at + 4 * channels + 4 * (word * channels + c) + within / 2) & 0xff;
                    int code = within % 2 == 0 ? stored & 0xf : stored >> 4;
                    int step = IMA_STEPS[index];
                    int difference = (step >> 3)
                            + ((code & 4) != 0 ? step : 0)
                            + ((code & 2) != 0 ? step >> 1 : 0)
                            + ((code & 1) != 0 ? step >> 2 : 0);
                    sample = clamp((code & 8) != 0 ? sample - difference : sample + difference);
                    index = Math.max(0, Math.min(IMA_STEPS.length - 1, index + IMA_INDEX[code & 7]));
                }
                out[(frame + i) * channels + c] = sample * 0x1p-15f;
            }
        }
    }

    /** Heads field by field, each for all channels; then codes frame by frame, the upper half of a byte first. */
    private static void microsoft(ByteBuffer in, int at, int channels, int count, float[] out, int frame) {
        int[] predictor = new int[channels];
        int[] delta = new int[channels];
        int[] last = new int[channels];
        int[] before = new int[channels];
        for (int c = 0; c < channels; c++) {
            predictor[c] = Math.min(MS_COEFFICIENTS.length - 1, in.get(at + c) & 0xff);
            delta[c] = in.getShort(at + channels + 2 * c);
            last[c] = in.getShort(at + 3 * channels + 2 * c);
            before[c] = in.getShort(at + 5 * channels + 2 * c);
        }
        for (int i = 0; i < count; i++) {
            for (int c = 0; c < channels; c++) {
                int value;
                if (i == 0) {
                    value = before[c];
                } else if (i == 1) {
                    value = last[c];
                } else {
                    int n = (i - 2) * channels + c;
                    int stored = in.get(at + 7 * channels + n / 2) & 0xff;
                    int code = n % 2 == 0 ? stored >> 4 : stored & 0xf;
                    int[] pair = MS_COEFFICIENTS[predictor[c]];
                    int expected = (last[c] * pair[0] + before[c] * pair[1]) >> 8;
                    value = clamp(expected + ((code & 8) != 0 ? code - 16 : code) * delta[c]);
                    before[c] = last[c];
                    last[c] = value;
                    delta[c] =
                            Math.max(16, (int) Math.min(Short.MAX_VALUE, ((long) MS_ADAPTATION[code] * delta[c]) >> 8));
                }
                out[(frame + i) * channels + c] = value * 0x1p-15f;
            }
        }
    }

    private static int clamp(int sample) {
        return Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, sample));
    }
}
