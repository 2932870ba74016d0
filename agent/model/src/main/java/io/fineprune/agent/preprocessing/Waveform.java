package io.fineprune.agent.preprocessing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One channel of sound. A hot path: the array is shared.
 *
 * @param samples full scale is 1; finite
 * @param sampleRateHz samples per second
 */
record Waveform(float[] samples, int sampleRateHz) {
    /** The 44 bytes before so many samples of 16 bit mono PCM in a WAV recording. */
    static byte[] plainHeader(int samples, int sampleRateHz) {
        ByteBuffer out = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x46464952).putInt(36 + samples * 2).putInt(0x45564157);
        out.putInt(0x20746d66).putInt(16).putShort((short) 1).putShort((short) 1);
        out.putInt(sampleRateHz).putInt(sampleRateHz * 2).putShort((short) 2).putShort((short) 16);
        out.putInt(0x61746164).putInt(samples * 2);
        return out.array();
    }

    /** Encodes the samples as a WAV recording of 16 bit PCM. */
    byte[] toWav() {
        byte[] header = plainHeader(samples.length, sampleRateHz);
        ByteBuffer out = ByteBuffer.allocate(header.length + 2 * samples.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(header);
        for (float sample : samples) {
            out.putShort((short) Math.max(-32768, Math.min(32767, Math.round(sample * 32768f))));
        }
        return out.array();
    }
}
