package io.fineprune.agent.tensorflow.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** A second of swelling noise and tone at 16 kHz, as a WAV file of 16 bit. */
public final class RandomRecording {
    private static final int SAMPLE_RATE_HZ = 16000;
    private static final int HEADER_BYTES = 44;

    private RandomRecording() {}

    /** Returns a new recording, with noise and tone drawn from the random numbers. */
    public static byte[] wav(SplittableRandom random) {
        int bytes = 2 * SAMPLE_RATE_HZ;
        ByteBuffer wav = ByteBuffer.allocate(HEADER_BYTES + bytes).order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(HEADER_BYTES - 8 + bytes);
        wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        wav.putShort((short) 1).putShort((short) 1).putInt(SAMPLE_RATE_HZ).putInt(2 * SAMPLE_RATE_HZ);
        wav.putShort((short) 2).putShort((short) 16);
        wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(bytes);
        double hertz = 100 + 900 * random.nextDouble();
        for (int i = 0; i < SAMPLE_RATE_HZ; i++) {
            double swell = Math.sin(Math.PI * i / SAMPLE_RATE_HZ);
            double tone = Math.sin(2 * Math.PI * hertz * i / SAMPLE_RATE_HZ);
            wav.putShort((short) (8000 * swell * (tone + random.nextDouble() - 0.5)));
        }
        return wav.array();
    }
}
