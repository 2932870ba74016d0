package io.fineprune.agent.preprocessing;

import io.fineprune.schemas.v1.AudioClip;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** From the bytes of an audio clip to one channel of samples. */
final class AudioDecoder {
    /** Floats beyond full scale happen; this far beyond they are no sound. */
    private static final float MAX_MAGNITUDE = 16;

    private AudioDecoder() {}

    static Waveform decode(AudioClip clip) throws UnusableEventException {
        Wav header = header(clip);
        return new Waveform(samples(clip.getData().asReadOnlyByteBuffer(), header), header.sampleRateHz());
    }

    /** Checks every bound of a clip, before its samples are read. */
    static Wav header(AudioClip clip) throws UnusableEventException {
        int bytes = clip.getData().size();
        if (bytes < 1 || bytes > Limits.MAX_PAYLOAD_BYTES) {
            throw new UnusableEventException(
                    bytes < 1 ? Reason.MALFORMED : Reason.OVERSIZED,
                    "Expected audio of 1 to " + Limits.MAX_PAYLOAD_BYTES + " bytes, found " + bytes);
        }
        int rate = clip.getSampleRateHz();
        if (rate < Limits.MIN_SAMPLE_RATE_HZ || rate > Limits.MAX_SAMPLE_RATE_HZ) {
            throw new UnusableEventException(
                    Reason.MALFORMED,
                    "Expected audio of " + Limits.MIN_SAMPLE_RATE_HZ + " to " + Limits.MAX_SAMPLE_RATE_HZ
                            + " samples per second, found " + rate);
        }
        Wav header = switch (clip.getEncoding()) {
            case AUDIO_ENCODING_WAV -> Wav.parse(clip.getData().asReadOnlyByteBuffer());
            case AUDIO_ENCODING_PCM_S16LE -> headerless(rate, SampleFormat.PCM_16, bytes);
            case AUDIO_ENCODING_PCM_F32LE -> headerless(rate, SampleFormat.FLOAT_32, bytes);
            case AUDIO_ENCODING_UNSPECIFIED, UNRECOGNIZED ->
                throw new UnusableEventException(
                        Reason.MALFORMED,
                        "Expected audio encoding WAV, PCM_S16LE or PCM_F32LE, found " + clip.getEncodingValue());
        };
        if (header.sampleRateHz() != rate) {
            throw new UnusableEventException(
                    Reason.MALFORMED,
                    "Expected the WAV header to agree with sample_rate_hz " + rate + ", found "
                            + header.sampleRateHz());
        }
        double millis = header.durationMillis();
        if (millis < Limits.MIN_CLIP_MILLIS) {
            throw new UnusableEventException(
                    Reason.UNDECODABLE,
                    "Expected audio of at least " + Limits.MIN_CLIP_MILLIS + " ms, found " + millis);
        }
        if (millis > Limits.MAX_CLIP_SECONDS * 1000.0) {
            throw new UnusableEventException(
                    Reason.OVERSIZED,
                    "Expected audio of at most " + Limits.MAX_CLIP_SECONDS + " s, found " + millis / 1000);
        }
        return header;
    }

    private static Wav headerless(int rate, SampleFormat format, int bytes) throws UnusableEventException {
        if (bytes % format.bytes() != 0) {
            throw new UnusableEventException(
                    Reason.MALFORMED, "Expected samples of " + format.bytes() + " bytes, found " + bytes + " bytes");
        }
        return new Wav(rate, 1, format, 0, bytes);
    }

    private static float[] samples(ByteBuffer bytes, Wav header) throws UnusableEventException {
        ByteBuffer in = bytes.order(ByteOrder.LITTLE_ENDIAN);
        int start = in.position() + header.dataOffset();
        int channels = header.channels();
        SampleFormat format = header.format();
        float[] samples = new float[header.frames()];
        if (channels == 1 && format == SampleFormat.PCM_16) {
            for (int i = 0; i < samples.length; i++) {
                samples[i] = in.getShort(start + 2 * i) * 0x1p-15f;
            }
            return samples;
        }
        int frameBytes = channels * format.bytes();
        for (int i = 0; i < samples.length; i++) {
            float sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += format.read(in, start + i * frameBytes + c * format.bytes());
            }
            samples[i] = sum / channels;
            if (!(Math.abs(samples[i]) <= MAX_MAGNITUDE)) {
                throw new UnusableEventException(
                        Reason.UNDECODABLE,
                        "Expected finite samples of at most " + MAX_MAGNITUDE + ", found " + samples[i] + " at " + i);
            }
        }
        return samples;
    }
}
