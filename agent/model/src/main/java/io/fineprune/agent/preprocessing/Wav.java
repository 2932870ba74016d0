package io.fineprune.agent.preprocessing;

import io.fineprune.topology.activation.UnusableEventException;
import io.fineprune.topology.activation.UnusableEventException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the header of a WAVE recording says, in a RIFF, RF64, BW64 or Wave64 file, with or without an ID3 tag before it. Sizes in it
 * are hints: recorders that died leave 0 or too much, and programs that write into a pipe what stands for "unknown". Taken are the
 * whole frames that are there.
 *
 * @param sampleRateHz 4000 to 192000
 * @param channels 1 to 8
 * @param format how samples are stored
 * @param dataOffset where the samples begin, in bytes
 * @param dataBytes their length
 * @param frames samples of one channel
 * @param blockBytes of a block where samples are stored in blocks, otherwise of a frame of all channels
 * @param cutOff whether the header announces more samples than there are
 */
public record Wav(
        int sampleRateHz,
        int channels,
        SampleFormat format,
        int dataOffset,
        int dataBytes,
        int frames,
        int blockBytes,
        boolean cutOff) {
    private static final int RIFF = 0x46464952;
    private static final int RF64 = 0x34364652;
    private static final int BW64 = 0x34365742;
    private static final int WAVE = 0x45564157;
    private static final int DS64 = 0x34367364;
    private static final int FMT = 0x20746d66;
    private static final int FACT = 0x74636166;
    private static final int DATA = 0x61746164;
    private static final int EXTENSIBLE = 0xfffe;
    private static final int MAX_CHUNKS = 64;
    /** From here on a length stands for "unknown", as programs write it that stream into a pipe. */
    private static final long UNKNOWN_LENGTH = 0x7fff_f000L;
    /** What follows the two bytes of a format tag in the GUID of its sub-format, as two little endian numbers. */
    private static final long TAG_GUID_MIDDLE = 0x0010_0000_0000L;

    private static final long TAG_GUID_END = 0x719b_3800_aa00_0080L;
    /** The second four bytes of the GUID with which a Wave64 file begins; the first four spell "riff". */
    private static final int WAVE64_RIFF_MIDDLE = 0x11cf_912e;

    /** Describes a recording whose samples are stored one by one and are all there. */
    public Wav(int sampleRateHz, int channels, SampleFormat format, int dataOffset, int dataBytes) {
        this(
                sampleRateHz,
                channels,
                format,
                dataOffset,
                dataBytes,
                dataBytes / (channels * format.bytes()),
                channels * format.bytes(),
                false);
    }

    /** Tells whether bytes begin as a WAVE recording does. */
    public static boolean begins(ByteBuffer bytes) {
        ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        int at = id3Bytes(in);
        if (in.limit() - at < 12) {
            return false;
        }
        return isRiff(in.getInt(at)) ? in.getInt(at + 8) == WAVE : isWave64(in, at);
    }

    /**
     * Reads the header.
     *
     * @param bytes the whole recording, from its position to its limit, neither of which is changed
     * @throws UnusableEventException if it is no such recording, holds no samples, or is out of a bound
     */
    public static Wav parse(ByteBuffer bytes) throws UnusableEventException {
        ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        int start = id3Bytes(in);
        in.position(start);
        if (in.remaining() < 12) {
            throw malformed("expected a RIFF header, found " + in.remaining() + " bytes");
        }
        if (isWave64(in, start)) {
            in.position(start + 40);
            return new Chunks(in, true).read();
        }
        if (!isRiff(in.getInt(start))) {
            throw malformed("expected a RIFF header, found " + in.capacity() + " bytes that do not begin with one");
        }
        if (in.getInt(start + 8) != WAVE) {
            throw malformed("expected the RIFF form WAVE, found another");
        }
        in.position(start + 12);
        return new Chunks(in, false).read();
    }

    /** Returns the duration in milliseconds. */
    public double durationMillis() {
        return frames * 1000.0 / sampleRateHz;
    }

    static UnusableEventException malformed(String message) {
        return new UnusableEventException(Reason.UNDECODABLE, "WAV: " + message);
    }

    /** Returns the little endian number as which the four characters of a chunk's name are read. */
    private static int chunk(String id) {
        return ByteBuffer.wrap(id.getBytes(StandardCharsets.US_ASCII))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
    }

    /** Length of the tag ID3v2 that some tools put before a recording; 0: there is none. */
    private static int id3Bytes(ByteBuffer in) {
        if (in.limit() < 10 || in.get(0) != 'I' || in.get(1) != 'D' || in.get(2) != '3') {
            return 0;
        }
        int length = 0;
        for (int i = 6; i < 10; i++) {
            length = (length << 7) | (in.get(i) & 0x7f);
        }
        return Math.min(in.limit(), 10 + length);
    }

    private static boolean isRiff(int form) {
        return form == RIFF || form == RF64 || form == BW64;
    }

    private static boolean isWave64(ByteBuffer in, int at) {
        return in.limit() - at >= 40
                && in.getInt(at) == chunk("riff")
                && in.getInt(at + 4) == WAVE64_RIFF_MIDDLE
                && in.getInt(at + 24) == chunk("wave");
    }

    /** Walks the chunks until format and samples are known. */
    private static final class Chunks {
        private final ByteBuffer in;
        private final boolean wave64;
        private @Nullable Fields fields;
        private long knownDataBytes = -1;
        private long knownFrames = -1;
        private int dataAt = -1;
        private long dataLength;

        Chunks(ByteBuffer in, boolean wave64) {
            this.in = in;
            this.wave64 = wave64;
        }

        Wav read() throws UnusableEventException {
            int head = wave64 ? 24 : 8;
            for (int chunk = 0; chunk < MAX_CHUNKS && in.remaining() >= head; chunk++) {
                int id = in.getInt(in.position());
                long length = wave64
                        ? Math.max(0, in.getLong(in.position() + 16) - head)
                        : Integer.toUnsignedLong(in.getInt(in.position() + 4));
                in.position(in.position() + head);
                if (id == DATA && dataAt < 0) {
                    dataAt = in.position();
                    dataLength = dataLength(length);
                } else if (id == FMT || id == DS64 || id == FACT) {
                    describe(id, length);
                }
                if (fields != null && dataAt >= 0) {
                    return fields.withData(dataAt, dataLength, in.limit() - dataAt, knownFrames);
                }
                if (id == DATA && dataLength < 0) {
                    throw malformed("expected the fmt chunk before a data chunk of unknown length, found none");
                }
                if (length > in.remaining()) {
                    throw malformed("a chunk of " + length + " bytes at " + (in.position() - head) + ", but only "
                            + in.remaining() + " are left");
                }
                in.position(in.position() + (int) length);
                pad(length);
            }
            throw malformed("expected a fmt and a data chunk among the first " + MAX_CHUNKS + ", found "
                    + (fields == null ? "no fmt chunk" : "no data chunk"));
        }

        /** Returns the bytes that a data chunk holds by its header; -1 if the header does not know. */
        private long dataLength(long length) {
            if (!wave64 && length >= UNKNOWN_LENGTH) {
                return knownDataBytes;
            }
            return length == 0 && !beginsChunk(in.position()) ? -1 : length;
        }

        private void describe(int id, long length) throws UnusableEventException {
            if (length > in.remaining()) {
                throw malformed("a chunk of " + length + " bytes, but only " + in.remaining() + " are left");
            }
            if (id == FMT) {
                fields = Fields.read(in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN));
            } else if (id == DS64 && length >= 16) {
                knownDataBytes = Math.max(-1, in.getLong(in.position() + 8));
            } else if (id == FACT && length >= 4) {
                knownFrames = Integer.toUnsignedLong(in.getInt(in.position()));
            }
        }

        /** Chunks of an odd length are followed by a byte that does not count, which some writers leave out. */
        private void pad(long length) {
            if (wave64) {
                in.position((int) Math.min(in.limit(), in.position() + (8 - length % 8) % 8));
            } else if (length % 2 == 1 && in.hasRemaining() && !beginsChunk(in.position())) {
                in.position(in.position() + 1);
            }
        }

        /** Whether what lies there is the head of a chunk that ends within the recording. */
        private boolean beginsChunk(int at) {
            if (in.limit() - at < 8) {
                return false;
            }
            for (int i = 0; i < 4; i++) {
                byte letter = in.get(at + i);
                if (letter < ' ' || letter > '~') {
                    return false;
                }
            }
            return Integer.toUnsignedLong(in.getInt(at + 4)) <= in.limit() - at - 8 || in.getInt(at) == DATA;
        }
    }

    private record Fields(int sampleRateHz, int channels, SampleFormat format, int blockBytes) {
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
                tag = subFormat(in);
            }
            if (channels < 1 || channels > Limits.MAX_AUDIO_CHANNELS) {
                throw malformed("expected 1 to " + Limits.MAX_AUDIO_CHANNELS + " channels, found " + channels);
            }
            if (sampleRateHz < Limits.MIN_SAMPLE_RATE_HZ || sampleRateHz > Limits.MAX_SAMPLE_RATE_HZ) {
                throw malformed("expected " + Limits.MIN_SAMPLE_RATE_HZ + " to " + Limits.MAX_SAMPLE_RATE_HZ
                        + " samples per second, found " + sampleRateHz);
            }
            SampleFormat format = SampleFormat.of(tag, bits);
            if (format == null) {
                throw malformed("expected PCM of 8 to 32 bits, floats of 32 or 64, A-law, mu-law, or ADPCM of IMA or"
                        + " Microsoft, found format " + tag + name(tag) + " of " + bits + " bits");
            }
            if (format.inBlocks()) {
                if (blockBytes < Adpcm.headBytes(format) * channels) {
                    throw malformed("expected blocks of at least " + Adpcm.headBytes(format) * channels
                            + " bytes, found " + blockBytes);
                }
            } else if (blockBytes != 0 && blockBytes != channels * format.bytes()) {
                throw malformed("expected frames of " + channels * format.bytes() + " bytes, found " + blockBytes);
            }
            return new Fields(
                    (int) sampleRateHz, channels, format, format.inBlocks() ? blockBytes : channels * format.bytes());
        }

        /** The format tag that the GUID of an extensible chunk holds, if all of the GUID says that it holds one. */
        private static int subFormat(ByteBuffer in) throws UnusableEventException {
            if (in.remaining() < 24) {
                throw malformed("expected an extensible fmt chunk of 40 bytes, found " + in.capacity());
            }
            int at = in.position() + 8;
            long middle = in.getLong(at) >>> 16;
            if (middle != TAG_GUID_MIDDLE || in.getLong(at + 8) != TAG_GUID_END) {
                throw malformed("expected a sub-format GUID that ends in 0000-0010-8000-00AA00389B71, found another");
            }
            return Short.toUnsignedInt(in.getShort(at));
        }

        private static String name(int tag) {
            return switch (tag) {
                case 49 -> " (GSM 6.10)";
                case 80 -> " (MPEG)";
                case 85 -> " (MP3)";
                case 0x161 -> " (WMA)";
                case 0xff -> " (AAC)";
                default -> "";
            };
        }

        /**
         * The finished header.
         *
         * @param length what the data chunk says; -1 if it does not know
         * @param left bytes from the data on
         * @param knownFrames what a fact chunk says; -1: there is none
         */
        Wav withData(int offset, long length, int left, long knownFrames) {
            boolean cutOff = length > left;
            int bytes = length < 0 ? left : (int) Math.min(length, left);
            int frames;
            if (format.inBlocks()) {
                long all = (long) (bytes / blockBytes) * Adpcm.frames(format, blockBytes, channels)
                        + Adpcm.frames(format, bytes % blockBytes, channels);
                frames = (int) (knownFrames > 0 ? Math.min(all, knownFrames) : all);
            } else {
                bytes -= bytes % blockBytes;
                frames = bytes / blockBytes;
            }
            return new Wav(sampleRateHz, channels, format, offset, bytes, frames, blockBytes, cutOff);
        }
    }
}
