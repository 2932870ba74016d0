package io.fineprune.agent.recordings;

import com.google.protobuf.ByteString;
import io.fineprune.agent.preprocessing.ImageHeader;
import io.fineprune.agent.preprocessing.PictureFiles;
import io.fineprune.agent.preprocessing.SoundFiles;
import io.fineprune.agent.preprocessing.Wav;
import io.fineprune.schemas.v1.AudioClip;
import io.fineprune.schemas.v1.AudioEncoding;
import io.fineprune.schemas.v1.ImageEncoding;
import io.fineprune.schemas.v1.ImageFrame;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.UnusableEventException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recordings in files or in memory, told apart by their first bytes. WAV, PNG and JPEG are sent as they are; AIFF and AU become WAV,
 * BMP, GIF and WebP become PNG, and a picture that is larger than a message becomes a smaller JPEG.
 */
final class Sources {
    /** Largest payload of a message, in bytes. */
    static final int MAX_BYTES = 960_000;

    /** Largest file of a picture, in bytes; a picture above {@link #MAX_BYTES} is made smaller before it is sent. */
    static final int MAX_PICTURE_BYTES = 32 << 20;

    private static final String FORMATS = "a WAV, AIFF or AU recording, or a PNG, JPEG, BMP, GIF or WebP picture";
    private static final Logger LOG = LoggerFactory.getLogger(Sources.class);

    private Sources() {}

    /** A file; two are equal if their paths are, so that a recording of several users can be told. */
    static Recording.Source file(Path file) {
        return new OfFile(file);
    }

    /** Returns the file that holds a recording and nothing else; empty for parts of archives and of tables of images. */
    static Optional<Path> fileOf(Recording.Source source) {
        return source instanceof OfFile of ? Optional.of(of.file()) : Optional.empty();
    }

    /** Says that a recording's file is of a format that is known and cannot be read, if it is. */
    static Optional<String> unreadable(Recording.Source source) throws IOException {
        Optional<Path> file = fileOf(source);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        FileKind kind = kind(file.get());
        return kind.readable() || kind == FileKind.UNKNOWN
                ? Optional.empty()
                : Optional.of(file.get() + ": expected " + FORMATS + ", but it is " + kind.description());
    }

    /** Tells the kind of a file from its first bytes, or from what follows a tag, which a WAV recording may have as an MP3 has. */
    static FileKind kind(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            FileKind kind = FileKind.of(in.readNBytes(FileKind.HEAD_BYTES));
            if (kind != FileKind.MP3) {
                return kind;
            }
        }
        try (InputStream in = Files.newInputStream(file)) {
            return FileKind.of(in.readNBytes(MAX_BYTES));
        }
    }

    private record OfFile(Path file) implements Recording.Source {
        @Override
        public void writeTo(SensorEvent.Builder event, ImageEncoding encoding) throws IOException {
            write(file.toString(), read(file), event);
        }
    }

    static Recording.Source bytes(String name, byte[] content) {
        return (event, encoding) -> write(name, content, event);
    }

    /** What keeps a file from being sent, as far as can be told without reading it. */
    static Optional<String> problem(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.of("there is no file " + file);
        }
        long bytes = Files.size(file);
        int most = bytes > MAX_BYTES && kind(file).picture() ? MAX_PICTURE_BYTES : MAX_BYTES;
        if (bytes < 1 || bytes > most) {
            return Optional.of(file + ": expected 1 to " + most + " bytes, found " + bytes);
        }
        return Optional.empty();
    }

    private static byte[] read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return readBounded(file.toString(), in);
        }
    }

    /** Everything that is left, if it is not more than a message may hold, or a picture that can be made smaller. */
    static byte[] readBounded(String name, InputStream in) throws IOException {
        byte[] content = in.readNBytes(MAX_BYTES + 1);
        if (content.length <= MAX_BYTES) {
            return content;
        }
        if (!FileKind.of(content).picture()) {
            throw new IOException(name + ": expected at most " + MAX_BYTES + " bytes, found more");
        }
        byte[] rest = in.readNBytes(MAX_PICTURE_BYTES - content.length + 1);
        if (content.length + rest.length > MAX_PICTURE_BYTES) {
            throw new IOException(name + ": expected a picture of at most " + MAX_PICTURE_BYTES + " bytes, found more");
        }
        byte[] all = Arrays.copyOf(content, content.length + rest.length);
        System.arraycopy(rest, 0, all, content.length, rest.length);
        return all;
    }

    private static void write(String name, byte[] content, SensorEvent.Builder event) throws IOException {
        FileKind kind = FileKind.of(content);
        if (!kind.readable()) {
            throw new IOException(name + ": expected " + FORMATS + ", but it is " + kind.description());
        }
        try {
            if (kind.picture()) {
                event.setImage(picture(kind, content));
            } else {
                event.setAudio(sound(name, kind == FileKind.WAV ? content : SoundFiles.toWav(content)));
            }
        } catch (UnusableEventException e) {
            throw new IOException(name + ": expected " + FORMATS + "; " + e.getMessage(), e);
        }
    }

    private static AudioClip sound(String name, byte[] content) throws UnusableEventException {
        Wav header = Wav.parse(ByteBuffer.wrap(content));
        if (header.cutOff()) {
            LOG.warn("{} is cut off; the {} whole frames that are there are taken", name, header.frames());
        }
        return AudioClip.newBuilder()
                .setSampleRateHz(header.sampleRateHz())
                .setEncoding(AudioEncoding.AUDIO_ENCODING_WAV)
                .setData(ByteString.copyFrom(content))
                .build();
    }

    private static ImageFrame picture(FileKind kind, byte[] content) throws UnusableEventException {
        byte[] sent = switch (kind) {
            case BMP -> PictureFiles.toPng(content, "bmp");
            case GIF -> PictureFiles.toPng(content, "gif");
            case WEBP -> PictureFiles.toPng(content, "webp");
            default -> content;
        };
        if (sent.length > MAX_BYTES) {
            sent = PictureFiles.toSmallJpeg(sent);
        }
        ImageHeader header = ImageHeader.parse(ByteBuffer.wrap(sent));
        return ImageFrame.newBuilder()
                .setWidth(header.width())
                .setHeight(header.height())
                .setChannels(3)
                .setEncoding(header.encoding())
                .setData(ByteString.copyFrom(sent))
                .build();
    }
}
