package io.fineprune.agent.preprocessing;

import io.fineprune.schemas.v1.AudioClip;
import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Decodes the bytes of an audio clip to one channel of samples. */
final class AudioDecoder {
    /** Largest magnitude of a float sample; recorders exceed full scale, 1, but not by this much. */
    private static final float MAX_MAGNITUDE = 16;

    /** Energy of the mean in relation to the loudest channel's below which channels cancel each other out: 30 dB less. */
    private static final double CANCELLED = 1e-3;

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
        float[] interleaved = interleaved(in, start, header);
        for (int i = 0; i < interleaved.length; i++) {
            if (!(Math.abs(interleaved[i]) <= MAX_MAGNITUDE)) {
                throw new UnusableEventException(
                        Reason.UNDECODABLE,
                        "Expected finite samples of at most " + MAX_MAGNITUDE + ", found " + interleaved[i] + " at "
                                + i / channels);
            }
        }
        return mixed(interleaved, channels);
    }

    /** Decodes all samples, [frames, channels]. */
    private static float[] interleaved(ByteBuffer in, int start, Wav header) {
        SampleFormat format = header.format();
        if (format.inBlocks()) {
            return Adpcm.decode(in, start, header);
        }
        float[] samples = new float[header.frames() * header.channels()];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = format.read(in, start + i * format.bytes());
        }
        return samples;
    }

    /**
     * The mean of the channels; or the loudest of them, the first of equals, where they cancel each other out, as those of a
     * balanced or a wrongly wired pair do.
     */
    private static float[] mixed(float[] interleaved, int channels) {
        if (channels == 1) {
            return interleaved;
        }
        float[] mean = new float[interleaved.length / channels];
        double[] energies = new double[channels];
        double meanEnergy = 0;
        for (int i = 0; i < mean.length; i++) {
            float sum = 0;
            for (int c = 0; c < channels; c++) {
                float sample = interleaved[i * channels + c];
                sum += sample;
                energies[c] += (double) sample * sample;
            }
            mean[i] = sum / channels;
            meanEnergy += (double) mean[i] * mean[i];
        }
        int loudest = 0;
        for (int c = 1; c < channels; c++) {
            loudest = energies[c] > energies[loudest] ? c : loudest;
        }
        if (meanEnergy >= CANCELLED * energies[loudest]) {
            return mean;
        }
        for (int i = 0; i < mean.length; i++) {
            mean[i] = interleaved[i * channels + loudest];
        }
        return mean;
    }
}
