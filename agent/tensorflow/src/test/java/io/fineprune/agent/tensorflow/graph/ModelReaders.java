package io.fineprune.agent.tensorflow.graph;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorShapeProto;

/** The readers of model files that do without TensorFlow, and small sound files for them. */
public final class ModelReaders {
    private static final String KEY = "dense/kernel";
    private static final byte[] RESTARTS = {0, 0, 0, 0, 1, 0, 0, 0};

    private ModelReaders() {}

    /** Reads an index of variables. */
    public static void index(byte[] bytes) {
        try {
            IndexTable.read(bytes);
        } catch (IllegalArgumentException e) {
            throw new InvalidModelException(String.valueOf(e.getMessage()));
        }
    }

    /** Reads a folder's variables. */
    public static void variables(Path directory) {
        Checkpoint checkpoint = new Checkpoint(directory);
        checkpoint.checkBounds(ModelFiles.variableBytes(directory));
        checkpoint.constant("kernel", KEY);
    }

    /** Reads a folder's SavedModel and looks at what TensorFlow would run. */
    public static void savedModel(Path directory) {
        MetaGraphDef model = ModelFiles.savedModel(directory);
        LoadGuard.check(directory, model, TensorRef.of("softmax"));
    }

    /** Reads a frozen graph. */
    public static void frozenGraph(Path file) {
        FlatGraph.of(ModelFiles.frozenGraph(file)).nodes().stream()
                .filter(Constants::isConstant)
                .forEach(Constants::shape);
    }

    /** An index of one variable. */
    public static byte[] sampleIndex() {
        CRC32C checksum = new CRC32C();
        checksum.update(sampleData());
        BundleEntryProto entry = BundleEntryProto.newBuilder()
                .setDtype(DataType.DT_FLOAT)
                .setShape(TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dim.newBuilder().setSize(2)))
                .setSize(8)
                .setCrc32C(Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8)
                .build();
        Map<String, ByteString> entries = new LinkedHashMap<>();
        entries.put("", BundleHeaderProto.newBuilder().setNumShards(1).build().toByteString());
        entries.put(KEY, entry.toByteString());
        return table(block(entries));
    }

    /** An index of few bytes whose keys, each but a number of bytes of the one before, are long. */
    static byte[] swellingIndex() {
        ByteArrayOutputStream entries = new ByteArrayOutputStream();
        byte[] twoThousand = {(byte) 0xd0, 0x0f};
        entries.write(0);
        entries.writeBytes(twoThousand);
        entries.write(0);
        entries.writeBytes(new byte[2000]);
        for (int i = 0; i < 1000; i++) {
            entries.writeBytes(twoThousand);
            entries.writeBytes(new byte[2]);
        }
        entries.writeBytes(RESTARTS);
        return table(entries.toByteArray());
    }

    private static byte[] table(byte[] data) {
        ByteArrayOutputStream handle = new ByteArrayOutputStream();
        handle.write(0);
        varint(handle, data.length);
        byte[] blocks = block(Map.of("z", ByteString.copyFrom(handle.toByteArray())));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(data);
        out.writeBytes(new byte[5]);
        out.writeBytes(blocks);
        out.writeBytes(new byte[5]);
        ByteArrayOutputStream footer = new ByteArrayOutputStream();
        footer.write(0);
        footer.write(0);
        varint(footer, data.length + 5);
        varint(footer, blocks.length);
        out.writeBytes(ByteBuffer.allocate(48)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(footer.toByteArray())
                .putLong(40, 0xdb4775248b80fb57L)
                .array());
        return out.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, int value) {
        int rest = value;
        for (; rest >= 0x80; rest >>>= 7) {
            out.write((rest & 0x7f) | 0x80);
        }
        out.write(rest);
    }

    /** What belongs to {@link #sampleIndex}. */
    public static byte[] sampleData() {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(1)
                .putFloat(-2)
                .array();
    }

    /** A saved_model.pb with a function, a variable and a signature. */
    public static byte[] sampleSavedModel() {
        FunctionDef body = FunctionDef.newBuilder()
                .setSignature(OpDef.newBuilder().setName("call"))
                .addNodeDef(NodeBuilder.of("ReadVariableOp", "read").build())
                .build();
        GraphDef graph = GraphDef.newBuilder()
                .addNode(NodeBuilder.placeholder("input", DataType.DT_FLOAT, new long[] {-1, 2}))
                .addNode(NodeBuilder.of("VarHandleOp", "handle").build())
                .addNode(NodeBuilder.of("call", "called").input("handle").build())
                .addNode(NodeBuilder.ofFloat("MatMul", "product")
                        .input("input")
                        .input("called")
                        .build())
                .addNode(NodeBuilder.ofFloat("Softmax", "softmax")
                        .input("product")
                        .build())
                .setLibrary(FunctionDefLibrary.newBuilder().addFunction(body))
                .build();
        return SavedModel.newBuilder()
                .addMetaGraphs(MetaGraphDef.newBuilder()
                        .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addTags("serve"))
                        .setSaverDef(SaverDef.newBuilder().setRestoreOpName("handle"))
                        .putSignatureDef("serving_default", SignatureDef.getDefaultInstance())
                        .setGraphDef(graph))
                .build()
                .toByteArray();
    }

    private static byte[] block(Map<String, ByteString> entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        entries.forEach((key, value) -> {
            out.write(0);
            out.write(key.length());
            out.write(value.size());
            out.writeBytes(key.getBytes(StandardCharsets.UTF_8));
            out.writeBytes(value.toByteArray());
        });
        out.writeBytes(RESTARTS);
        return out.toByteArray();
    }
}
