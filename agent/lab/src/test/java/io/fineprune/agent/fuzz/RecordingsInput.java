package io.fineprune.agent.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fineprune.agent.recordings.Recording;
import io.fineprune.agent.recordings.Recordings;
import io.fineprune.agent.source.Payloads;
import io.fineprune.schemas.v1.SensorEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Data sets: manifests, idx images with their labels, archives, and the recordings in them. */
final class RecordingsInput implements FuzzTarget.Input {
    private static final int KINDS = 5;
    private static final int RECORDINGS_READ = 3;

    private final Folder folder = new Folder();

    @Override
    public void take(byte[] bytes) throws IOException {
        if (bytes.length < 1) {
            return;
        }
        folder.clear();
        byte[] content = Bytes.from(bytes, 1);
        Path data = folder.path();
        switch (Math.floorMod(bytes[0], KINDS)) {
            case 0 -> folder.write("manifest.csv", content);
            case 1 -> {
                folder.write("images-idx3-ubyte", Bytes.first(content));
                folder.write("labels.csv", Bytes.second(content));
            }
            case 2 -> {
                folder.write("images-idx3-ubyte.gz", Bytes.first(content));
                folder.write("labels.csv", Bytes.second(content));
            }
            case 3 -> data = folder.write("clips.zip", content);
            default -> {
                folder.write("manifest.csv", "file,user,label\nclip,ada,one\n".getBytes(UTF_8));
                folder.write("clip", content);
            }
        }
        try {
            List<Recording> found = Recordings.load(data);
            Bytes.check(!found.isEmpty(), "recordings, or a refusal");
            for (Recording recording : found.subList(0, Math.min(RECORDINGS_READ, found.size()))) {
                Bytes.check(
                        Payloads.of(recording).getPayloadCase() != SensorEvent.PayloadCase.PAYLOAD_NOT_SET,
                        "a payload");
            }
        } catch (IOException e) {
            Bytes.check(!String.valueOf(e.getMessage()).isBlank(), "a reason");
        }
    }

    @Override
    public List<byte[]> seeds() {
        byte[] images = ByteBuffer.allocate(16 + 8)
                .putInt(0x803)
                .putInt(2)
                .putInt(2)
                .putInt(2)
                .array();
        byte[] labels = "index,digit,writer\n0,3,ada\n1,4,\"b,o\"\n".getBytes(UTF_8);
        byte[] clip = Bytes.from(new SignalInput().seeds().get(0), 5);
        byte[] png = Bytes.from(new ImageInput().seeds().get(2), 6);
        return List.of(
                Bytes.of(0, "file,user,label\nmanifest.csv,ada,one\n".getBytes(UTF_8)),
                Bytes.joined(1, images, labels),
                Bytes.joined(2, compressed(images), labels),
                Bytes.of(3, zipped(clip)),
                Bytes.of(4, clip),
                Bytes.of(4, png));
    }

    private static byte[] compressed(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] zipped(byte[] clip) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("one_ada_0.wav"));
            zip.write(clip);
            zip.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
