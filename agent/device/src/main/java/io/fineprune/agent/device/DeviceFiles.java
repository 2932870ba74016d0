package io.fineprune.agent.device;

import com.google.protobuf.ByteString;
import io.fineprune.schemas.serde.MessageSerdes;
import io.fineprune.schemas.serde.UserModelKeySerde;
import io.fineprune.schemas.signature.RecordSignature;
import io.fineprune.schemas.signature.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device's two files: {@code versions} holds {@link Marks}, and {@code mask} the record of the version that it runs
 * and its chunks. Each file ends with its SHA-256 and is replaced atomically: written beside the old one, forced to
 * the disk, and moved in its place. For use by one thread at a time.
 */
final class DeviceFiles {
    private static final Logger LOGGER = LoggerFactory.getLogger(DeviceFiles.class);
    private static final int DIGEST_BYTES = Sha256.BYTES;
    private static final int MAX_FILE_BYTES =
            MessageSerdes.MAX_JOINED_UPDATE_BYTES + UserModelKeySerde.MAX_BYTES + 64 * 1024;

    private final Path folder;

    /**
     * The versions that the device must not go below or try again.
     *
     * @param highest the highest version that it accepted; 0: none
     * @param givenUp the version that it rolled back last; 0: none
     * @param reason why it rolled that version back
     */
    record Marks(long highest, long givenUp, String reason) {
        static final Marks NONE = new Marks(0, 0, "");
    }

    private DeviceFiles(Path folder) {
        this.folder = folder;
    }

    static DeviceFiles in(Path folder) throws IOException {
        return new DeviceFiles(Files.createDirectories(folder));
    }

    Marks marks() {
        return read("versions", in -> {
                    Marks marks = new Marks(in.readLong(), in.readLong(), in.readUTF());
                    if (marks.highest() < 0 || marks.givenUp() < 0) {
                        throw new IOException("a version is negative");
                    }
                    return marks;
                })
                .orElse(Marks.NONE);
    }

    Optional<MaskRecord> mask() {
        return read("mask", in -> {
                    boolean present = in.readBoolean();
                    if (!present) {
                        return Optional.<MaskRecord>empty();
                    }
                    ByteString key = bytes(in);
                    ByteString value = bytes(in);
                    Optional<RecordSignature> signature = in.readBoolean()
                            ? Optional.of(new RecordSignature(bytes(in), bytes(in)))
                            : Optional.empty();
                    return Optional.of(new MaskRecord(key, value, signature, chunks(in)));
                })
                .flatMap(mask -> mask);
    }

    void write(Marks marks) throws IOException {
        write("versions", out -> {
            out.writeLong(marks.highest());
            out.writeLong(marks.givenUp());
            out.writeUTF(marks.reason());
        });
    }

    /** Replaces the file of the mask in force; empty if the device runs the source model. */
    void write(Optional<MaskRecord> mask) throws IOException {
        write("mask", out -> {
            out.writeBoolean(mask.isPresent());
            if (mask.isPresent()) {
                bytes(out, mask.get().key());
                bytes(out, mask.get().value());
                out.writeBoolean(mask.get().signature().isPresent());
                if (mask.get().signature().isPresent()) {
                    bytes(out, mask.get().signature().get().keyId());
                    bytes(out, mask.get().signature().get().signature());
                }
                for (ByteString chunk : mask.get().chunks()) {
                    bytes(out, chunk);
                }
            }
        });
    }

    private interface Reading<T> {
        T from(DataInputStream in) throws IOException;
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private <T> Optional<T> read(String name, Reading<T> reading) {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            long size = Files.size(file);
            if (size < DIGEST_BYTES || size > MAX_FILE_BYTES) {
                throw new IOException(
                        "expected %d to %d bytes, but was %d".formatted(DIGEST_BYTES, MAX_FILE_BYTES, size));
            }
            byte[] all = Files.readAllBytes(file);
            byte[] content = Arrays.copyOf(all, all.length - DIGEST_BYTES);
            if (!MessageDigest.isEqual(Sha256.of(content), Arrays.copyOfRange(all, content.length, all.length))) {
                throw new IOException("its SHA-256 does not fit");
            }
            return Optional.of(reading.from(new DataInputStream(new ByteArrayInputStream(content))));
        } catch (IOException | IllegalArgumentException e) {
            LOGGER.warn("{} is damaged and left out: {}", file, e.getMessage());
            return Optional.empty();
        }
    }

    private void write(String name, Writing writing) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        writing.to(new DataOutputStream(content));
        Path beside = folder.resolve(name + ".new");
        try (FileChannel channel = FileChannel.open(
                beside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer[] buffers = {
                ByteBuffer.wrap(content.toByteArray()), ByteBuffer.wrap(Sha256.of(content.toByteArray()))
            };
            while (buffers[0].hasRemaining() || buffers[1].hasRemaining()) {
                channel.write(buffers);
            }
            channel.force(true);
        }
        Files.move(beside, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException e) {
            LOGGER.debug("This system forces no folders", e);
        }
    }

    /** Reads the chunks, which take the rest of the file; a file of a mask that was one message has none. */
    private static List<ByteString> chunks(DataInputStream in) throws IOException {
        List<ByteString> chunks = new ArrayList<>();
        while (in.available() > 0) {
            chunks.add(bytes(in));
        }
        return chunks;
    }

    private static ByteString bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("expected at most %d bytes, but was %d".formatted(in.available(), length));
        }
        return ByteString.copyFrom(in.readNBytes(length));
    }

    private static void bytes(DataOutputStream out, ByteString bytes) throws IOException {
        out.writeInt(bytes.size());
        bytes.writeTo(out);
    }
}
