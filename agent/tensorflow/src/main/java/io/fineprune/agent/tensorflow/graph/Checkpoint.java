package io.fineprune.agent.tensorflow.graph;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The values of a SavedModel's variables, read without TensorFlow: nothing is allocated that the files do not hold, and every
 * checksum is compared.
 */
final class Checkpoint {
    private static final long MAX_INDEX_BYTES = 1L << 26;
    private static final int CHECKSUM_OFFSET = 0xa282ead8;

    private final Path folder;
    private final Map<String, ByteString> entries;
    private final int shards;

    /**
     * Reads the index.
     *
     * @param directory of the SavedModel
     * @throws InvalidModelException if there is none, or it cannot be read
     */
    Checkpoint(Path directory) {
        this.folder = directory.resolve("variables");
        ModelFiles.variableBytes(directory);
        Path index = folder.resolve("variables.index");
        try {
            if (!Files.isRegularFile(index) || Files.size(index) > MAX_INDEX_BYTES) {
                throw new InvalidModelException(
                        "Expected variables in %s of at most %d bytes, found none; copy the whole model"
                                .formatted(index, MAX_INDEX_BYTES));
            }
            this.entries = IndexTable.read(Files.readAllBytes(index));
            this.shards = BundleHeaderProto.parseFrom(entries.getOrDefault("", ByteString.EMPTY))
                    .getNumShards();
        } catch (IllegalArgumentException | InvalidProtocolBufferException e) {
            throw new InvalidModelException(
                    "Expected an index of variables in %s, but it is corrupt or cut short (%s); copy or export the model again"
                            .formatted(index, e.getMessage()),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + index, e);
        }
    }

    /**
     * A variable's value as a constant.
     *
     * @throws InvalidModelException if the checkpoint does not hold it whole
     */
    NodeDef constant(String name, String key) {
        ByteString found = entries.get(key);
        if (found == null) {
            throw new InvalidModelException(
                    "Expected variable %s in %s, but there is none; copy or export the model again"
                            .formatted(key, folder));
        }
        try {
            BundleEntryProto entry = BundleEntryProto.parseFrom(found);
            if (entry.getSlicesCount() > 0) {
                throw new UnsupportedModelException(
                        "Unsupported variable %s: it is stored in slices; export the model without partitioning"
                                .formatted(key));
            }
            return Constants.constant(name, entry.getDtype(), shape(key, entry), data(key, entry));
        } catch (InvalidProtocolBufferException e) {
            throw corrupt(key, "its entry is no message");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the variables in " + folder, e);
        }
    }

    /**
     * Checks the sizes of all entries, including those that no variable names.
     *
     * @throws InvalidModelException if one takes more bytes than the files hold
     */
    void checkBounds(long bytes) {
        entries.forEach((key, value) -> {
            if (key.isEmpty()) {
                return;
            }
            try {
                BundleEntryProto entry = BundleEntryProto.parseFrom(value);
                double size = 1;
                for (TensorShapeProto.Dim dim : entry.getShape().getDimList()) {
                    size *= Math.max(0, dim.getSize());
                }
                if (size > bytes || entry.getSize() > bytes) {
                    throw corrupt(
                            key, "it says that it holds %.0f numbers, the files hold %d bytes".formatted(size, bytes));
                }
            } catch (InvalidProtocolBufferException e) {
                throw corrupt(key, "its entry is no message");
            }
        });
    }

    private int[] shape(String key, BundleEntryProto entry) {
        int bytesEach = switch (entry.getDtype()) {
            case DT_FLOAT, DT_INT32 -> 4;
            case DT_DOUBLE, DT_INT64 -> 8;
            case DT_HALF, DT_BFLOAT16 -> 2;
            case DT_BOOL, DT_INT8, DT_UINT8 -> 1;
            default ->
                throw new UnsupportedModelException(
                        "Unsupported variable %s of type %s; export as float32".formatted(key, entry.getDtype()));
        };
        int[] shape = new int[entry.getShape().getDimCount()];
        long product = bytesEach;
        for (int i = 0; i < shape.length; i++) {
            TensorShapeProto.Dim dim = entry.getShape().getDim(i);
            if (dim.getSize() < 0 || dim.getSize() > Constants.MAX_ELEMENTS) {
                throw corrupt(key, "dimension " + dim.getSize());
            }
            shape[i] = (int) dim.getSize();
            product = Math.min(Long.MAX_VALUE >> 30, product) * shape[i];
        }
        if (product != entry.getSize()) {
            throw corrupt(key, "its shape takes %d bytes, but %d are stored".formatted(product, entry.getSize()));
        }
        return shape;
    }

    private ByteString data(String key, BundleEntryProto entry) throws IOException {
        Path shard = folder.resolve("variables.data-%05d-of-%05d".formatted(entry.getShardId(), shards));
        if (!Files.isRegularFile(shard)) {
            throw corrupt(key, "there is no " + shard.getFileName());
        }
        try (FileChannel channel = FileChannel.open(shard, StandardOpenOption.READ)) {
            if (entry.getOffset() < 0
                    || entry.getSize() < 0
                    || entry.getSize() > Constants.MAX_ELEMENTS * Float.BYTES
                    || entry.getOffset() > channel.size() - entry.getSize()) {
                throw corrupt(
                        key,
                        "%s has %d bytes, but the variable ends at %s"
                                .formatted(
                                        shard.getFileName(),
                                        channel.size(),
                                        Long.toUnsignedString(entry.getOffset() + entry.getSize())));
            }
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(entry.getSize()));
            while (bytes.hasRemaining() && channel.read(bytes, entry.getOffset() + bytes.position()) >= 0) {
                // One read may return fewer bytes than asked for, so the loop goes on.
            }
            CRC32C checksum = new CRC32C();
            checksum.update(bytes.array());
            int crc = (int) checksum.getValue();
            if (bytes.hasRemaining() || Integer.rotateRight(crc, 15) + CHECKSUM_OFFSET != entry.getCrc32C()) {
                throw corrupt(key, "its checksum differs");
            }
            return ByteString.copyFrom(bytes.array());
        }
    }

    private InvalidModelException corrupt(String key, String why) {
        return new InvalidModelException(
                "Expected variable %s in %s, but it is corrupt or cut short (%s); copy or export the model again"
                        .formatted(key, folder, why));
    }
}
