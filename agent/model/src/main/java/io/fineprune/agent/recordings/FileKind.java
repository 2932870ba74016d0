package io.fineprune.agent.recordings;

import io.fineprune.agent.preprocessing.Wav;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a file is by its first bytes, whatever its name says. */
enum FileKind {
    WAV("a WAV recording", true),
    AIFF("an AIFF recording", true),
    AU("an AU recording", true),
    PNG("a PNG picture", true),
    JPEG("a JPEG picture", true),
    BMP("a BMP picture", true),
    GIF("a GIF picture", true),
    WEBP("a WebP picture", true),
    FLAC("a FLAC recording", false),
    MP3("an MP3 recording", false),
    OGG("an Ogg recording (Vorbis or Opus)", false),
    MP4("an MP4 file (AAC, HEIC or AVIF)", false),
    TIFF("a TIFF picture", false),
    GZIP("a gzip archive", false),
    ZIP("a ZIP archive", false),
    UNKNOWN("of no known format", false);

    /** Bytes that tell all kinds apart, but for what lies behind a tag: the head of a Wave64 recording is the longest. */
    static final int HEAD_BYTES = 40;

    private final String description;
    private final boolean readable;

    FileKind(String description, boolean readable) {
        this.description = description;
        this.readable = readable;
    }

    /** Returns the kind with its article, as messages name it. */
    String description() {
        return description;
    }

    /** Tells whether files of this kind can be decoded. */
    boolean readable() {
        return readable;
    }

    boolean picture() {
        return this == PNG || this == JPEG || this == BMP || this == GIF || this == WEBP;
    }

    /**
     * Tells the kind.
     *
     * @param content the file, or its first bytes
     */
    static FileKind of(byte[] content) {
        if (Wav.begins(ByteBuffer.wrap(content))) {
            return WAV;
        }
        if (at(content, 0, "RIFF")) {
            return at(content, 8, "WEBP") ? WEBP : WAV;
        }
        if (at(content, 0, "FORM") && (at(content, 8, "AIFF") || at(content, 8, "AIFC"))) {
            return AIFF;
        }
        if (at(content, 4, "ftyp")) {
            return MP4;
        }
        if (at(content, 0, "\u0089PNG")) {
            return PNG;
        }
        if (at(content, 0, "\u00ff\u00d8")) {
            return JPEG;
        }
        if (at(content, 0, "II*\0") || at(content, 0, "MM\0*")) {
            return TIFF;
        }
        if (at(content, 0, "ID3") || (content.length > 1 && content[0] == -1 && (content[1] & 0xe0) == 0xe0)) {
            return MP3;
        }
        for (Magic magic : Magic.values()) {
            if (at(content, 0, magic.bytes)) {
                return magic.kind;
            }
        }
        return UNKNOWN;
    }

    private static boolean at(byte[] content, int offset, String magic) {
        byte[] wanted = magic.getBytes(StandardCharsets.ISO_8859_1);
        if (content.length < offset + wanted.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (content[offset + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private enum Magic {
        AU_FILE(".snd", AU),
        BITMAP("BM", BMP),
        GRAPHICS("GIF8", GIF),
        LOSSLESS("fLaC", FLAC),
        OGG_PAGE("OggS", OGG),
        GZIPPED("\u001f\u008b", GZIP),
        ZIPPED("PK", ZIP);

        private final String bytes;
        private final FileKind kind;

        Magic(String bytes, FileKind kind) {
            this.bytes = bytes;
            this.kind = kind;
        }
    }
}
