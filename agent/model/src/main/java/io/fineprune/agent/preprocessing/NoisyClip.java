package io.fineprune.agent.preprocessing;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.v1.AudioClip;
import io.fineprune.schemas.v1.AudioEncoding;
import io.fineprune.topology.activation.UnusableEventException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/** Adds white noise to a recording of sound. */
public final class NoisyClip {
    private NoisyClip() {}

    /**
     * The same clip with white Gaussian noise, as one channel of 16 bit samples; what exceeds full scale is cut.
     *
     * @param decibels 10 log10 of the clip's mean square over the noise's
     * @throws UnusableEventException if the clip cannot be decoded
     */
    public static AudioClip of(AudioClip clip, double decibels, RandomGenerator random) throws UnusableEventException {
        Waveform clean = AudioDecoder.decode(clip);
        float[] samples = clean.samples();
        double power = 0;
        for (float sample : samples) {
            power += (double) sample * sample / samples.length;
        }
        double deviation = Math.sqrt(power * Math.pow(10, -decibels / 10));
        ByteBuffer data = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float sample : samples) {
            double noisy = sample + deviation * random.nextGaussian();
            data.putShort((short) Math.max(-32768, Math.min(32767, Math.round(noisy * 32768))));
        }
        return AudioClip.newBuilder()
                .setSampleRateHz(clean.sampleRateHz())
                .setEncoding(AudioEncoding.AUDIO_ENCODING_PCM_S16LE)
                .setData(ByteString.copyFrom(data.array()))
                .build();
    }
}
