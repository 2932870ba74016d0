package io.fineprune.agent.preprocessing;

import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the header of a RIFF/WAVE recording says: PCM of 8, 16, 24 or 32 bits or 32 bit floats, of 1 to 8 channels. No
 * length in it is believed: each is compared with the bytes that are there.
 *
 * @param sampleRateHz 4000 to 192000
 * @param channels 1 to 8
 * @param format how a sample is stored
 * @param dataOffset where the samples begin, in bytes
 * @param dataBytes their length, a multiple of a frame of all channels
 */
public record Wav(int sampleRateHz, int channels, SampleFormat format, int dataOffset, int dataBytes) {
    private static final int RIFF = 0x46464952;
    private static final int WAVE = 0x45564157;
    private static final int FMT = 0x20746d66;
    private static final int DATA = 0x61746164;
    private static final int PCM = 1;
    private static final int IEEE_FLOAT = 3;
    private static final int EXTENSIBLE = 0xfffe;
    private static final int MAX_CHUNKS = 64;
    /** From here on a length stands for "unknown", as programs write it that stream into a pipe. */
    private static final long UNKNOWN_LENGTH = 0x7fff_f000L;

    /**
     * Reads the header.
     *
     * @param bytes the whole recording, from its position to its limit, neither of which is changed
     * @throws UnusableEventException if it is no such recording, is cut off, or is out of a bound
     */
    public static Wav parse(ByteBuffer bytes) throws UnusableEventException {
        ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (in.remaining() < 12 || in.getInt() != RIFF) {
            throw malformed("expected a RIFF header, found " + in.capacity() + " bytes that do not begin with one");
        }
        in.getInt();
        if (in.getInt() != WAVE) {
            throw malformed("expected the RIFF form WAVE, found another");
        }
        Fields fields = null;
        for (int chunk = 0; chunk < MAX_CHUNKS && in.remaining() >= 8; chunk++) {
            int id = in.getInt();
            long length = Integer.toUnsignedLong(in.getInt());
            if (id == DATA) {
                if (fields == null) {
                    throw malformed("expected the fmt chunk before the data chunk, found none");
                }
                return fields.withData(in.position(), length >= UNKNOWN_LENGTH ? -1 : length, in.remaining());
            }
            if (length > in.remaining()) {
                throw malformed("a chunk of " + length + " bytes at " + (in.position() - 8) + ", but only "
                        + in.remaining() + " are left");
            }
            if (id == FMT) {
                fields = Fields.read(in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN));
            }
            in.position((int) Math.min(in.position() + length + (length & 1), in.limit()));
        }
        throw malformed("expected a data chunk among the first " + MAX_CHUNKS + ", found none");
    }

    /** Samples of one channel. */
    public int frames() {
        return dataBytes / (channels * format.bytes());
    }

    /** Seconds, times 1000. */
    public double durationMillis() {
        return frames() * 1000.0 / sampleRateHz;
    }

    static UnusableEventException malformed(String message) {
        return new UnusableEventException(Reason.UNDECODABLE, "WAV: " + message);
    }

    private record Fields(int sampleRateHz, int channels, SampleFormat format) {
        static Fields read(ByteBuffer in) throws UnusableEventException {
            if (in.remaining() < 16) {
                throw malformed("expected a fmt chunk of at least 16 bytes, found " + in.remaining());
            }
            int tag = Short.toUnsignedInt(in.getShort());
            int channels = Short.toUnsignedInt(in.getShort());
            long sampleRateHz = Integer.toUnsignedLong(in.getInt());
            in.getInt();
            int blockBytes = Short.toUnsignedInt(in.getShort());
            int bits = Short.toUnsignedInt(in.getShort());
            if (tag == EXTENSIBLE) {
                if (in.remaining() < 24) {
                    throw malformed("expected an extensible fmt chunk of 40 bytes, found " + in.capacity());
                }
                in.position(in.position() + 8);
                tag = Short.toUnsignedInt(in.getShort());
            }
            SampleFormat format = SampleFormat.of(tag == PCM, tag == IEEE_FLOAT, bits);
            if (format == null) {
                throw malformed("expected PCM of 8, 16, 24 or 32 bits or floats of 32, found format " + tag + " of "
                        + bits + " bits");
            }
            if (channels < 1 || channels > Limits.MAX_AUDIO_CHANNELS) {
                throw malformed("expected 1 to " + Limits.MAX_AUDIO_CHANNELS + " channels, found " + channels);
            }
            if (sampleRateHz < Limits.MIN_SAMPLE_RATE_HZ || sampleRateHz > Limits.MAX_SAMPLE_RATE_HZ) {
                throw malformed("expected " + Limits.MIN_SAMPLE_RATE_HZ + " to " + Limits.MAX_SAMPLE_RATE_HZ
                        + " samples per second, found " + sampleRateHz);
            }
            if (blockBytes != channels * format.bytes()) {
                throw malformed("expected frames of " + channels * format.bytes() + " bytes, found " + blockBytes);
            }
            return new Fields((int) sampleRateHz, channels, format);
        }

        /**
         * The finished header.
         *
         * @param length what the data chunk says; -1 if it does not know
         */
        Wav withData(int offset, long length, int left) throws UnusableEventException {
            if (length > left) {
                throw malformed("a data chunk of " + length + " bytes, but only " + left + " are left");
            }
            int frameBytes = channels * format.bytes();
            long bytes = length < 0 ? left - left % frameBytes : length;
            if (bytes % frameBytes != 0) {
                throw malformed("expected data in frames of " + frameBytes + " bytes, found " + bytes);
            }
            return new Wav(sampleRateHz, channels, format, offset, (int) bytes);
        }
    }
}
