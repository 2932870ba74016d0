package io.fineprune.agent.recordings;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** Grey images in one IDX file, as MNIST's, and a table of their index, digit and writer. */
final class IdxImages {
    private static final int MAGIC = 0x00000803;
    private static final int MAX_SIDE = 4096;
    private static final long MAX_TOTAL_BYTES = 256L << 20;

    private IdxImages() {}

    static Optional<Path> find(Path folder) {
        return List.of("images-idx3-ubyte.gz", "images-idx3-ubyte").stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    static List<Recording> load(Path images, Path labels) throws IOException {
        Images read = read(images);
        List<Recording> found = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        Map<List<String>, Integer> counts = new HashMap<>();
        Map<Integer, Integer> lines = new HashMap<>();
        Table.read(labels, List.of("index", "digit", "writer"), problems, (line, fields) -> {
            String label = fields.get(1);
            String user = fields.get(2);
            int image = number(fields.get(0));
            Integer earlier = lines.putIfAbsent(image, line);
            if (image < 0 || image >= read.count()) {
                problems.add("line " + line + ": expected an index from 0 to " + (read.count() - 1) + ", found '"
                        + fields.get(0) + "'");
            } else if (earlier != null) {
                problems.add("line " + line + ": index " + image + " was listed on line " + earlier + " already");
            } else if (!Recording.isName(label) || !Recording.isName(user)) {
                problems.add("line " + line + ": expected a label and a user of 1 to " + Recording.MAX_NAME_BYTES
                        + " bytes, found '" + label + "' and '" + user + "'");
            } else {
                int index = counts.merge(List.of(user, label), 1, Integer::sum) - 1;
                found.add(new Recording(
                        "image-" + image,
                        user,
                        label,
                        index,
                        (event, encoding) -> event.setImage(GreyImages.frame(
                                read.pixels(), image * read.size(), read.width(), read.height(), encoding))));
            }
        });
        if (!problems.isEmpty()) {
            throw new InvalidRecordingsException(labels, problems);
        }
        return found;
    }

    /**
     * All images of a file.
     *
     * @param pixels [count, height, width]
     */
    private record Images(int count, int width, int height, byte[] pixels) {
        int size() {
            return width * height;
        }
    }

    private static Images read(Path file) throws IOException {
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
                DataInputStream in = new DataInputStream(
                        file.toString().endsWith(".gz") ? new GZIPInputStream(bytes, 65536) : bytes)) {
            int magic = in.readInt();
            int count = in.readInt();
            int height = in.readInt();
            int width = in.readInt();
            if (magic != MAGIC || count < 1 || height < 1 || height > MAX_SIDE || width < 1 || width > MAX_SIDE) {
                throw new IOException(file + ": expected IDX images (magic 0x803) of 1 to " + MAX_SIDE
                        + " pixels a side, found magic 0x" + Integer.toHexString(magic) + ", " + count + " images of "
                        + width + " x " + height);
            }
            long total = (long) count * height * width;
            if ((long) height * width > Sources.MAX_BYTES || total > MAX_TOTAL_BYTES) {
                throw new IOException(file + ": expected at most " + MAX_TOTAL_BYTES + " bytes of images of at most "
                        + Sources.MAX_BYTES + ", found " + count + " images of " + width + " x " + height);
            }
            byte[] pixels = in.readNBytes((int) total);
            if (pixels.length < total) {
                throw new IOException(file + ": expected " + total + " bytes of images, found " + pixels.length);
            }
            return new Images(count, width, height, pixels);
        } catch (EOFException e) {
            throw new IOException(file + ": expected IDX images, but the file is cut off", e);
        }
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
