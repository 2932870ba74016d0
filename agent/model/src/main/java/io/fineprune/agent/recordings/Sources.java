package io.fineprune.agent.recordings;

import com.google.protobuf.ByteString;
import io.fineprune.agent.preprocessing.ImageHeader;
import io.fineprune.agent.preprocessing.Wav;
import io.fineprune.schemas.v1.AudioClip;
import io.fineprune.schemas.v1.AudioEncoding;
import io.fineprune.schemas.v1.ImageFrame;
import io.fineprune.schemas.v1.SensorEvent;
import io.fineprune.topology.activation.UnusableEventException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Recordings in files or in memory: WAV, PNG and JPEG, told apart by their first bytes. */
final class Sources {
    /** What a message may hold. */
    static final int MAX_BYTES = 960_000;

    private Sources() {}

    static Recording.Source file(Path file) {
        return (event, encoding) -> write(file.toString(), read(file), event);
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
        if (bytes < 1 || bytes > MAX_BYTES) {
            return Optional.of(file + ": expected 1 to " + MAX_BYTES + " bytes, found " + bytes);
        }
        return Optional.empty();
    }

    private static byte[] read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return readBounded(file.toString(), in);
        }
    }

    /** Everything that is left, if it is not more than a message may hold. */
    static byte[] readBounded(String name, InputStream in) throws IOException {
        byte[] content = in.readNBytes(MAX_BYTES + 1);
        if (content.length > MAX_BYTES) {
            throw new IOException(name + ": expected at most " + MAX_BYTES + " bytes, found more");
        }
        return content;
    }

    private static void write(String name, byte[] content, SensorEvent.Builder event) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        boolean riff = content.length >= 4 && bytes.getInt(0) == 0x52494646;
        try {
            if (riff) {
                event.setAudio(AudioClip.newBuilder()
                        .setSampleRateHz(Wav.parse(bytes).sampleRateHz())
                        .setEncoding(AudioEncoding.AUDIO_ENCODING_WAV)
                        .setData(ByteString.copyFrom(content)));
            } else {
                ImageHeader header = ImageHeader.parse(bytes);
                event.setImage(ImageFrame.newBuilder()
                        .setWidth(header.width())
                        .setHeight(header.height())
                        .setChannels(3)
                        .setEncoding(header.encoding())
                        .setData(ByteString.copyFrom(content)));
            }
        } catch (UnusableEventException e) {
            throw new IOException(name + ": expected a WAV, PNG or JPEG file; " + e.getMessage(), e);
        }
    }
}
