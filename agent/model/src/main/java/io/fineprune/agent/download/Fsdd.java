package io.fineprune.agent.download;

import io.fineprune.schemas.signature.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * The Free Spoken Digit Dataset 1.0.10: 6 speakers, 10 digits, 50 recordings of each, 8 kHz mono WAV, by Jakobovski and
 * others, CC BY-SA 4.0. The checksum is of the recordings and not of the archive, which a server may pack anew.
 */
public final class Fsdd {
    public static final URI ARCHIVE =
            URI.create("https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.zip");
    public static final int RECORDINGS = 3000;

    /** SHA-256 over the lines "name, newline, SHA-256 of the file, newline", sorted by name. */
    public static final String CHECKSUM = "b27ea4d00db6bb96fb89873256d1246768ad9a143a5fca202be9c670336ea264";

    private static final long MAX_ARCHIVE_BYTES = 64L << 20;
    private static final long MAX_RECORDING_BYTES = 1 << 20;
    private static final Pattern RECORDING = Pattern.compile("[0-9]_[a-z]+_[0-9]{1,2}\\.wav");

    private final URI archive;
    private final String checksum;
    private final int recordings;

    /** Creates a fetcher from the data set's own address. */
    public Fsdd() {
        this(ARCHIVE, CHECKSUM, RECORDINGS);
    }

    /** Fetches from another address, with the checksum and number of recordings expected there. */
    public Fsdd(URI archive, String checksum, int recordings) {
        this.archive = archive;
        this.checksum = checksum;
        this.recordings = recordings;
    }

    /**
     * Puts the recordings into a folder; does nothing if they are there already, all and unchanged.
     *
     * @param progress told the bytes fetched, now and then
     * @throws DownloadException if they cannot be fetched, or are not what they should be
     */
    public void fetch(Path folder, LongConsumer progress) throws DownloadException {
        try {
            if (checksum.equals(checksum(folder))) {
                return;
            }
            Path zip = folder.resolve("fsdd-1.0.10.zip");
            new ResumableDownload(MAX_ARCHIVE_BYTES).fetch(archive, zip, progress);
            try {
                unpack(zip, folder);
            } catch (ZipException e) {
                throw new DownloadException(
                        "Expected a zip archive at %s, but it is damaged: %s. It was deleted; try again"
                                .formatted(zip, e.getMessage()),
                        e);
            } finally {
                Files.delete(zip);
            }
            String found = checksum(folder);
            if (!found.equals(checksum)) {
                throw new DownloadException(
                        "Expected recordings with checksum %s in %s, but was %s. Delete the folder and try again"
                                .formatted(checksum, folder, found));
            }
        } catch (IOException | UncheckedIOException e) {
            throw new DownloadException("Could not write to %s: %s".formatted(folder, e.getMessage()), e);
        }
    }

    /** Checksum of the recordings in a folder; other files do not count. */
    public static String checksum(Path folder) throws IOException {
        MessageDigest all = Sha256.digest();
        if (!Files.isDirectory(folder)) {
            return "";
        }
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.filter(file -> RECORDING.matcher(name(file)).matches())
                    .sorted((a, b) -> name(a).compareTo(name(b)))
                    .toList();
        }
        for (Path file : files) {
            MessageDigest one = Sha256.digest();
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), one)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            all.update((name(file) + "\n" + HexFormat.of().formatHex(one.digest()) + "\n")
                    .getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(all.digest());
    }

    /** Writes only names that recordings have, whatever path the archive gives them. */
    private void unpack(Path zip, Path folder) throws IOException, DownloadException {
        int count = 0;
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                if (entry.isDirectory()
                        || !entry.getName().contains("/recordings/")
                        || !RECORDING.matcher(name).matches()) {
                    continue;
                }
                byte[] bytes = in.readNBytes((int) MAX_RECORDING_BYTES + 1);
                if (bytes.length > MAX_RECORDING_BYTES || ++count > recordings) {
                    throw new DownloadException("Expected %d recordings of at most %d bytes in %s, but there is more"
                            .formatted(recordings, MAX_RECORDING_BYTES, zip));
                }
                Path part = folder.resolve(name + ".part");
                Files.write(part, bytes);
                Files.move(part, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }
}
